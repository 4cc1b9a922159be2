#!/bin/sh
# Fetches the vendored files anew from their npm packages and writes their versions and licences beside them.
# Usage: cii/web/static/vendor/refresh.sh   (needs npm and a network; nothing of it runs on the server)
set -eu

HTMX=4.0.1
DESIGN_CSS=1.22.0
AXE=4.14.1

# The components that the templates use, in the order of the design system; the others stay in the package.
COMPONENTS="alert button details dialog error-summary field fieldset input label link skip-link validation-message"

here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
tests=$(CDPATH= cd -- "$here/../../../../tests/browser/vendor" && pwd)
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT

fetch() { # name version folder
    mkdir -p "$box/$3"
    (cd "$box" && npm pack --silent "$1@$2" >/dev/null && tar -xzf ./*.tgz -C "$3" --strip-components=1 && rm -f ./*.tgz)
}
fetch htmx.org "$HTMX" htmx
fetch @digdir/designsystemet-css "$DESIGN_CSS" css
fetch axe-core "$AXE" axe

cp "$box/htmx/dist/htmx.min.js" "$here/htmx.min.js"
cp "$box/htmx/LICENSE" "$here/htmx.LICENSE"

{
    printf '/*! Designsystemet %s, MIT, Digitaliseringsdirektoratet (Digdir); see designsystemet.LICENSE */\n' "$DESIGN_CSS"
    printf '@layer ds.theme, ds.base, ds.components;\n'
    cat "$box/css/dist/theme/designsystemet.css"
    printf '\n@layer ds.base{\n'
    cat "$box/css/dist/src/base.css"
    printf '\n}\n@layer ds.components{\n'
    for name in $COMPONENTS; do cat "$box/css/dist/src/$name.css"; printf '\n'; done
    printf '}\n'
} > "$here/designsystemet.css"
cp "$box/css/LICENSE" "$here/designsystemet.LICENSE"

cp "$box/axe/axe.min.js" "$tests/axe.min.js"
cp "$box/axe/LICENSE" "$tests/axe.LICENSE"

echo "htmx.org $HTMX, @digdir/designsystemet-css $DESIGN_CSS (its theme included), axe-core $AXE"
