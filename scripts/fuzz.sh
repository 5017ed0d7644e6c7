#!/usr/bin/env bash
# Every operation of the API with made-up requests, as the owner, against a server of its own: no answer is a 5xx,
# none breaks its schema. EXAMPLES is how many requests an operation gets, SEED makes a run again.
set -euo pipefail
cd "$(dirname "$0")/.."

KEBU="${KEBU_BIN:-$PWD/target/debug/kebu}"
EXAMPLES="${EXAMPLES:-200}"
SEED="${SEED:-1}"
DATA=$(mktemp -d)
SERVER=
trap '[ -z "$SERVER" ] || kill "$SERVER"; rm -rf "$DATA"' EXIT

"$KEBU" --data "$DATA/book" --json user add fuzz > "$DATA/user.json"
# Something to read, change and remove.
"$KEBU" --data "$DATA/book" --json demo --customers 100 --orders 400 > "$DATA/demo.json"
TOKEN=$("$KEBU" --data "$DATA/book" token create)
"$KEBU" --data "$DATA/book" --json --log error serve --listen 127.0.0.1:0 > "$DATA/serve.json" 2> "$DATA/server.log" &
SERVER=$!
for _ in $(seq 100); do [ -s "$DATA/serve.json" ] && break; sleep 0.1; done
URL=$(sed -E 's/.*"url":"([^"]+)".*/\1/' "$DATA/serve.json")

# Logging out and revoking would end the token itself; set-up and log-in are slow on purpose; events have no end.
FAILED=0
# Where it leaves files of its own.
CONFIG="$PWD/scripts/fuzz.toml"
cd "$DATA"
"${SCHEMATHESIS:-schemathesis}" --config-file "$CONFIG" run "$URL/api/v1/openapi.json" --url "$URL/api/v1" \
  --header "Authorization: Bearer $TOKEN" --header "Accept-Language: en" \
  --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance \
  --exclude-operation-id logOut --exclude-operation-id revokeToken --exclude-operation-id setUp --exclude-operation-id logIn \
  --exclude-operation-id events \
  --phases examples,coverage,fuzzing --max-examples "$EXAMPLES" --seed "$SEED" --workers 2 --request-timeout 60 \
  --generation-database none "$@" || FAILED=$?
cat "$DATA/server.log"
exit "$FAILED"
