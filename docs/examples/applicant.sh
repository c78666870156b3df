#!/usr/bin/env bash
# Plays one applicant at the stand-in's phone, from hello to a complete application, as a person would at /phone:
#
#   bash docs/examples/applicant.sh http://127.0.0.1:8090 BR
#
# It waits for each answer before it goes on, as people do.
set -euo pipefail
stand_in=$1
country=$2
json='content-type: application/json'

me=$(curl -sSf "$stand_in/phone/api/people" -H "$json" -d "{\"country\":\"$country\",\"shown\":\"both\"}" |
  sed 's/.*"id":"\([^"]*\)".*/\1/')
chat() { curl -sSf "$stand_in/phone/api/people/$me/chat"; }

# Does something, and waits until the newest message in the chat is the bank's.
does() {
  echo "  applicant: $1"
  curl -sSf -o /dev/null "$stand_in/phone/api/people/$me/say" -H "$json" -d "{\"act\":$2}"
  until chat | grep '"side":"bank"[^{}]*}\],"person"' > /dev/null; do sleep 0.2; done
}

# Taps on the newest message that offers this.
taps() {
  local on
  on=$(chat | sed "s/.*\"id\":\"$1\"//; s/\"wamid\":\"/\n/; s/.*\n//; s/\".*//")
  does "taps $1" "{\"kind\":\"tap\",\"on\":\"$on\",\"reply\":\"$1\"}"
}

sends() { does "sends a picture, $1" "{\"kind\":\"specimen\",\"name\":\"$1\",\"as_file\":false,\"caption\":null}"; }

does "says hello" '{"kind":"text","body":"hello"}'
taps consent:accept
taps document:passport
sends passport
sends selfie_match
