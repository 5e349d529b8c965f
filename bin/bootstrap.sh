#!/bin/sh
# Finds a Python that suits, then hands over to bootstrap.py. Called by demo, test, manage and servers.
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
# The packaged Redis exists for Python 3.11 and 3.12 only: those first, unless the machine has a Redis.
newest=13
if command -v redis-server >/dev/null 2>&1 || [ -n "$REDIS_URL" ]; then newest=99; fi
for limit in "$newest" 99; do
    for python in python3 python3.12 python3.11 python3.13 python3.14 python; do
        if "$python" -c "import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, $limit))" >/dev/null 2>&1; then
            exec "$python" "$here/bootstrap.py" "$@"
        fi
    done
done
case "${LC_ALL:-${LC_MESSAGES:-$LANG}}" in
    en*) echo "Python 3.11 or newer is needed: install it, then run this command again." >&2 ;;
    *) echo "Il faut Python 3.11 ou plus récent : installez-le puis relancez cette commande." >&2 ;;
esac
exit 1
