"""The samples of 2022 decode, and the types that did not change since mean the same to today's peer."""

import json

import pytest

from gw_spaceheat.messages import codec, legacy
from tests.interop.peer import judges
from tests.messages.legacy_samples import BARE, ENVELOPED


@pytest.mark.parametrize("type_alias", sorted(BARE))
def test_bare_samples(type_alias: str) -> None:
    assert legacy.decode(f"a.s/{type_alias}", BARE[type_alias].encode()).type_name() == type_alias


@pytest.mark.parametrize(("topic", "payload", "type_name"), ENVELOPED)
def test_the_peer_of_today_reads_what_we_make_of_the_envelopes_of_then(topic: str, payload: str, type_name: str) -> None:
    message = legacy.decode(topic, payload.encode())
    (judge, *_) = judges(type_name)
    seen = json.loads(judge.model_validate_json(codec.encode_bare(message)).model_dump_json())
    then = json.loads(payload)["Payload"]
    assert {name: seen[name] for name in then if name in seen} == {
        name: value for name, value in then.items() if name != "TimeNS"
    }
