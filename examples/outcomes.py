"""Sends outcomes to outcome-router by HTTP: one (a dict), or up to 1,000 (a list). Needs nothing but Python's own library."""
import json
import os
import sys
import urllib.error
import urllib.request


def record(outcomes):
    """The answer of the handler. Safe to repeat, because each outcome has a key."""
    request = urllib.request.Request(
        os.environ["OUTCOMES_URL"],
        data=json.dumps(outcomes).encode(),
        headers={
            "Authorization": "Bearer " + os.environ["OUTCOMES_TOKEN"],
            "Content-Type": "application/json",
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        return json.load(error)


if __name__ == "__main__":
    answer = record(json.loads(sys.argv[1]))
    print(f"{answer['recorded']} recorded, {answer['refused']} refused")
    for row, result in enumerate(answer["results"]):
        if result["status"] != 200:
            print(f"row {row}: {result['status']} {result['error']['message']}")
