"""Uses the context door with ngsildclient: creates, reads, queries, updates, takes out.

Called with host, port and the token of a session. Prints what was seen, one JSON object a line.
"""

import json
import sys

from ngsildclient import Client, Entity
from requests.auth import AuthBase


class Bearer(AuthBase):
    def __init__(self, token):
        self.token = token

    def __call__(self, request):
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


def say(what, **seen):
    print(json.dumps({"what": what, **seen}, ensure_ascii=False))


host, port, token = sys.argv[1], int(sys.argv[2]), sys.argv[3]
client = Client(hostname=host, port=port, custom_auth=Bearer(token), verbose=False)

lamp = Entity("StreetLight", "walk:1")
lamp.prop("power", 90, unitcode="WTT").prop("street", "同㛃𬱖·街").loc((40.08, 113.3))
say("created", done=bool(client.create(lamp)))
read = client.get(lamp.id)
say("read", power=read["power.value"], street=read["street.value"])
read["power.value"] = 60
client.update(read)
say("updated", power=client.get(lamp.id)["power.value"])
found = list(client.query(type="StreetLight", q="power<70"))
say("queried", ids=[one.id for one in found])
say("not queried", ids=[one.id for one in client.query(type="StreetLight", q="power>70")])
client.delete(lamp)
say("taken out", there=client.exists(lamp.id))
