#!/bin/sh
# Set up this checkout as systemd services; usage: install.sh SERVICE... (scada, atn, ear, alerts, supervise, ge-managing, ge-monitoring). Docs: docs/pi_setup.md.
# Every installation is a folder of its own under releases/, and `current` points to the newest: to roll back is to point it back.
set -eu

name=gw-spaceheat
home=/opt/$name
etc=/etc/$name
python=${PYTHON:-python3}
kept_releases=3

if [ "$(id -u)" -ne 0 ]; then
    echo "This needs root rights: sudo make install" >&2
    exit 1
fi
cd "$(dirname "$0")/.."

# the unit of a service: those of the house are gws-..., those of its net balance ge-...
unit() {
    case $1 in
        ge-*) echo "$1" ;;
        *) echo "gws-$1" ;;
    esac
}

layers="base"
for service in "$@"; do
    if [ ! -f "deploy/$(unit "$service").service" ]; then
        echo "There is no service $service; there are: $(cd deploy && ls g*-*.service | sed 's/gws-//; s/\.service//' | xargs)" >&2
        exit 1
    fi
    case $service in
        scada) layers="$layers drivers arm" ;;
        alerts) ;;
        ge-*) layers="$layers drivers arm" ;;
        *) layers="$layers sim" ;;
    esac
done

case " $layers $(uname -m) " in
    *" arm aarch64 "* | *" arm armv7l "*) sh deploy/debian_packages.sh gcc python3-dev ;; # RPi.GPIO is built from source
esac

# who runs it, and the groups that own the devices; a group that a machine lacks would keep the service from starting
for group in gpio i2c dialout; do
    groupadd --system --force "$group"
done
id "$name" >/dev/null 2>&1 || useradd --system --user-group --home-dir "/var/lib/$name" --shell /usr/sbin/nologin "$name"
usermod --append --groups gpio,i2c,dialout "$name"

release=$home/releases/$(date -u +%Y%m%dT%H%M%SZ)
mkdir -p "$release"
cp -R gw_spaceheat input_data requirements deploy pyproject.toml README.md LICENSE .env.example "$release/"
find "$release" -name __pycache__ -type d -prune -exec rm -rf {} +
sh deploy/make_venv.sh "$python" "$release/.venv"
pip="$release/.venv/bin/python -m pip --quiet --disable-pip-version-check"
for layer in $layers; do
    $pip install -r "$release/requirements/$layer.txt"
done
$pip install --no-deps -e "$release"
# the services cannot write there, so compile now
"$release/.venv/bin/python" -m compileall -q "$release/gw_spaceheat"

# what belongs to this machine and outlives releases
mkdir -p "$etc"
[ -e "$etc/houses.json" ] || cp input_data/houses.json "$etc/houses.json"
if [ ! -e "$etc/.env" ]; then
    sed "s|^GWS_HOUSES_FILE=.*|GWS_HOUSES_FILE=$etc/houses.json|; s|^# GWS_DATA_FOLDER=.*|GWS_DATA_FOLDER=/var/lib/$name|" .env.example >"$etc/.env"
    chown "root:$name" "$etc/.env"
    chmod 640 "$etc/.env"
fi

ln -sfn "$release" "$home/current.new"
mv -T "$home/current.new" "$home/current"
ln -sfn "$home/current/.venv/bin/gws" /usr/local/bin/gws
for service in "$@"; do
    install -m 644 "deploy/$(unit "$service").service" /etc/systemd/system/
done
ls -1d "$home"/releases/* | head -n "-$kept_releases" | xargs -r rm -rf

if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
fi
echo "installed $release"
echo "Next: set the house in $etc/.env and $etc/houses.json, try it with (cd $etc && gws house check), then start with"
for service in "$@"; do
    echo "  sudo systemctl enable $(unit "$service") && sudo systemctl restart $(unit "$service")"
done
