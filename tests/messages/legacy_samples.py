"""Messages of 2022 and of the winter after, as the codecs of that time wrote them."""

# ruff: noqa: E501 - a line is what went over the wire

BARE = {
    "gt.telemetry.110": '{"ScadaReadTimeUnixMs": 1656945000123, "Value": 67123, "Exponent": -3, "TypeAlias": "gt.telemetry.110", "NameGtEnumSymbol": "793505aa"}',
    "gt.dispatch.100": '{"ShNodeAlias": "a.elt1.relay", "RelayState": 1, "TypeAlias": "gt.dispatch.100"}',
    "gt.sh.cli.atn.cmd.100": '{"SendSnapshot": true, "TypeAlias": "gt.sh.cli.atn.cmd.100"}',
    "gt.sh.cli.scada.response.100": '{"TypeAlias": "gt.sh.cli.scada.response.100", "Snapshot": {"ReportTimeUnixMs": 1656945000123, "AboutNodeAliasList": ["a.elt1.relay"], "ValueList": [1], "TypeAlias": "gt.sh.status.snapshot.110", "TelemetryNameList": ["5a71d4b3"]}}',
    "gt.sh.telemetry.from.multipurpose.sensor.100": '{"ScadaReadTimeUnixMs": 1656945000123, "AboutNodeAliasList": ["a.elt1"], "ValueList": [18000], "TypeAlias": "gt.sh.telemetry.from.multipurpose.sensor.100", "TelemetryNameList": ["ad19e79c"]}',
    "gt.sh.simple.status.100": '{"AboutGNodeAlias": "dwtest.isone.nh.orange.1.ta", "SlotStartUnixS": 1656945000, "ReportingPeriodS": 300, "SimpleSingleStatusList": [{"ReadTimeUnixMsList": [1656945000123], "ShNodeAlias": "a.tank.temp0", "ValueList": [67000], "TypeAlias": "gt.sh.simple.single.status.100", "TelemetryNameGtEnumSymbol": "793505aa"}], "TypeAlias": "gt.sh.simple.status.100"}',
    "gt.dispatch.boolean.100": '{"AboutNodeAlias": "a.elt1.relay", "ToGNodeAlias": "hw1.isone.me.demo.ta.scada", "FromGNodeAlias": "hw1.isone.me.demo", "FromGNodeId": "0384ef21-648b-4455-b917-58a1172d7fc1", "RelayState": 1, "SendTimeUnixMs": 1656945000123, "TypeAlias": "gt.dispatch.boolean.100"}',
    "gt.dispatch.boolean.local.100": '{"SendTimeUnixMs": 1656945000123, "FromNodeAlias": "a.s", "AboutNodeAlias": "a.elt1.relay", "RelayState": 1, "TypeAlias": "gt.dispatch.boolean.local.100"}',
    "gt.driver.booleanactuator.cmd.100": '{"RelayState": 1, "ShNodeAlias": "a.elt1.relay", "CommandTimeUnixMs": 1656945000123, "TypeAlias": "gt.driver.booleanactuator.cmd.100"}',
    "gt.sh.cli.atn.cmd.110": '{"FromGNodeAlias": "hw1.isone.me.demo", "SendSnapshot": true, "FromGNodeId": "0384ef21-648b-4455-b917-58a1172d7fc1", "TypeAlias": "gt.sh.cli.atn.cmd.110"}',
    "telemetry.snapshot.spaceheat.100": '{"AboutNodeAliasList": ["a.elt1.relay"], "ValueList": [1], "ReportTimeUnixMs": 1656945000123, "TypeAlias": "telemetry.snapshot.spaceheat.100", "TelemetryNameList": ["5a71d4b3"]}',
    "snapshot.spaceheat.100": '{"FromGNodeAlias": "hw1.isone.me.demo.ta.scada", "FromGNodeInstanceId": "0384ef21-648b-4455-b917-58a1172d7fc1", "Snapshot": {"AboutNodeAliasList": ["a.elt1.relay"], "ValueList": [1], "ReportTimeUnixMs": 1656945000123, "TypeAlias": "telemetry.snapshot.spaceheat.100", "TelemetryNameList": ["5a71d4b3"]}, "TypeAlias": "snapshot.spaceheat.100"}',
    "gt.sh.status.110": '{"SlotStartUnixS": 1656945000, "SimpleTelemetryList": [{"ValueList": [0, 1], "ReadTimeUnixMsList": [1656945000123, 1656945050123], "ShNodeAlias": "a.elt1.relay", "TypeAlias": "gt.sh.simple.telemetry.status.100", "TelemetryNameGtEnumSymbol": "5a71d4b3"}], "AboutGNodeAlias": "hw1.isone.me.demo.ta", "BooleanactuatorCmdList": [{"ShNodeAlias": "a.elt1.relay", "RelayStateCommandList": [1], "CommandTimeUnixMsList": [1656945000123], "TypeAlias": "gt.sh.booleanactuator.cmd.status.100"}], "FromGNodeAlias": "hw1.isone.me.demo.ta.scada", "MultipurposeTelemetryList": [{"AboutNodeAlias": "a.elt1", "ValueList": [18000], "ReadTimeUnixMsList": [1656945000123], "SensorNodeAlias": "a.m", "TypeAlias": "gt.sh.multipurpose.telemetry.status.100", "TelemetryNameGtEnumSymbol": "ad19e79c"}], "FromGNodeId": "0384ef21-648b-4455-b917-58a1172d7fc1", "StatusUid": "dedc25c2-8276-4b25-abd6-f53edc79b62b", "ReportingPeriodS": 300, "TypeAlias": "gt.sh.status.110"}',
}

ENVELOPED = [
    (
        "hw1-isone-me-demo-ta-scada/gw/gridworks-ping",
        '{"Header": {"Src": "hw1.isone.me.demo.ta.scada", "Dst": "", "MessageType": "gridworks.ping", "MessageId": "09b2defe-97f1-418e-b2b8-0d3420558483", "AckRequired": true, "TypeName": "gridworks.header"}, "Payload": {"MessageId": "09b2defe-97f1-418e-b2b8-0d3420558483", "TypeName": "gridworks.ping"}, "TypeName": "gw"}',
        "gridworks.ping",
    ),
    (
        "hw1-isone-me-demo/gw/gridworks-ack",
        '{"Header": {"Src": "hw1.isone.me.demo", "Dst": "", "MessageType": "gridworks.ack", "MessageId": "", "AckRequired": false, "TypeName": "gridworks.header"}, "Payload": {"AckMessageID": "dedc25c2-8276-4b25-abd6-f53edc79b62b", "TypeName": "gridworks.ack"}, "TypeName": "gw"}',
        "gridworks.ack",
    ),
    (
        "hw1-isone-me-demo-ta-scada/gw/gridworks-event-startup",
        '{"Header": {"Src": "hw1.isone.me.demo.ta.scada", "Dst": "", "MessageType": "gridworks.event.startup", "MessageId": "5b8bcb10-c670-4f80-92fe-fc42f9d8d772", "AckRequired": true, "TypeName": "gridworks.header"}, "Payload": {"MessageId": "5b8bcb10-c670-4f80-92fe-fc42f9d8d772", "TimeNS": 1795190431892809720, "Src": "hw1.isone.me.demo.ta.scada", "TypeName": "gridworks.event.startup"}, "TypeName": "gw"}',
        "gridworks.event.startup",
    ),
    (
        "hw1-isone-me-demo-ta-scada/gw/gridworks-event-problem",
        '{"Header": {"Src": "hw1.isone.me.demo.ta.scada", "Dst": "", "MessageType": "gridworks.event.problem", "MessageId": "5416b80b-0390-46dd-876f-135518608386", "AckRequired": true, "TypeName": "gridworks.header"}, "Payload": {"MessageId": "5416b80b-0390-46dd-876f-135518608386", "TimeNS": 1795190431892847025, "Src": "hw1.isone.me.demo.ta.scada", "TypeName": "gridworks.event.problem", "ProblemType": "error", "Summary": "x", "Details": "y"}, "TypeName": "gw"}',
        "gridworks.event.problem",
    ),
    (
        "gw/hw1-isone-me-demo-ta-scada/gridworks-ping",
        '{"Header": {"Src": "hw1.isone.me.demo.ta.scada", "Dst": "", "MessageType": "gridworks.ping", "MessageId": "17fcbf32-cebc-4484-9c8e-daf5168f2c3c", "AckRequired": true, "TypeName": "gridworks.header"}, "Payload": {"MessageId": "17fcbf32-cebc-4484-9c8e-daf5168f2c3c", "TypeName": "gridworks.ping"}, "TypeName": "gw"}',
        "gridworks.ping",
    ),
    (
        "gw/hw1-isone-me-demo/gridworks-ack",
        '{"Header": {"Src": "hw1.isone.me.demo", "Dst": "", "MessageType": "gridworks.ack", "MessageId": "", "AckRequired": false, "TypeName": "gridworks.header"}, "Payload": {"AckMessageID": "dedc25c2-8276-4b25-abd6-f53edc79b62b", "TypeName": "gridworks.ack"}, "TypeName": "gw"}',
        "gridworks.ack",
    ),
    (
        "gw/hw1-isone-me-demo-ta-scada/gridworks-event-startup",
        '{"Header": {"Src": "hw1.isone.me.demo.ta.scada", "Dst": "", "MessageType": "gridworks.event.startup", "MessageId": "a923e207-0f5e-4623-8e3e-78500e01e3b6", "AckRequired": true, "TypeName": "gridworks.header"}, "Payload": {"MessageId": "a923e207-0f5e-4623-8e3e-78500e01e3b6", "TimeNS": 1795190433102476844, "Src": "hw1.isone.me.demo.ta.scada", "TypeName": "gridworks.event.startup"}, "TypeName": "gw"}',
        "gridworks.event.startup",
    ),
    (
        "gw/hw1-isone-me-demo-ta-scada/gridworks-event-problem",
        '{"Header": {"Src": "hw1.isone.me.demo.ta.scada", "Dst": "", "MessageType": "gridworks.event.problem", "MessageId": "c42d7577-eeed-41b9-ba76-7b0a41dd1e23", "AckRequired": true, "TypeName": "gridworks.header"}, "Payload": {"MessageId": "c42d7577-eeed-41b9-ba76-7b0a41dd1e23", "TimeNS": 1795190433102528451, "Src": "hw1.isone.me.demo.ta.scada", "TypeName": "gridworks.event.problem", "ProblemType": "error", "Summary": "x", "Details": "y"}, "TypeName": "gw"}',
        "gridworks.event.problem",
    ),
]
