"""The JSON schemas of what the weft tool prints with --json: of each line, by verb."""

TEXT, COUNT, FIGURE = {"type": "string"}, {"type": "integer", "minimum": 0}, {"type": ["number", "null"]}  # null: nothing to know it by


def shape(**members):
    return {"type": "object", "properties": members, "required": list(members), "additionalProperties": False}


def several(items):
    return {"type": "array", "items": items}


def report(**figures):
    """What a second of messages was like."""
    seconds = {"type": "number", "exclusiveMinimum": 0}
    return shape(seconds=seconds, messages=COUNT, rate_hz=FIGURE, lost=COUNT, **figures)


TYPE = shape(name=TEXT, fingerprint={"type": "string", "pattern": "^[0-9a-f]{16}$"}, schema=TEXT)
PORT = shape(kind={"enum": ["publisher", "subscriber", "server", "client", "worker", "producer"]}, name=TEXT, node=TEXT, program=TEXT,
             pid=COUNT, port={"type": "string", "pattern": "^[0-9a-f]{16}:[0-9]+$"}, type=TEXT,
             reliable={"type": "boolean"}, depth=COUNT, media=several(TEXT), endpoints=several(TEXT),
             by_hand=several(TEXT))
PAIR = {**shape(owner=TEXT, guest=TEXT, state={"enum": ["starting", "joined", "local", "refused"]}),
        "properties": {"owner": TEXT, "guest": TEXT, "state": TEXT, "medium": TEXT, "obstacle": TEXT, "reason": TEXT}}
FINDING = shape(name=TEXT, hindered={"const": True}, cause=TEXT, owner=TEXT, guest=TEXT, reason=TEXT, remedy=TEXT)
FLOWING = shape(name=TEXT, hindered={"const": False}, pairs=COUNT, by_hand=COUNT)
SHAPES = {
    "topic list": shape(name=TEXT, types=several(TEXT), publishers=COUNT, subscribers=COUNT, joined=COUNT,
                        refused=COUNT),
    "topic info": shape(name=TEXT, types=several(TYPE), publishers=several(PORT), subscribers=several(PORT),
                        pairs=several(PAIR)),
    "topic type": TYPE,
    "topic find": shape(name=TEXT, type=TEXT, fingerprint=TEXT),
    "topic echo": shape(type=TEXT, sequence=COUNT, stamp={"type": "integer"}, message={"type": "object"},
                        source={"type": "string", "pattern": "^[0-9a-f]{16}:[0-9]+$"}),
    "topic hz": report(interval_mean_s=FIGURE, interval_min_s=FIGURE, interval_max_s=FIGURE, interval_stddev_s=FIGURE),
    "topic bw": report(bytes=COUNT, bytes_per_s=FIGURE, size_mean=FIGURE, size_min=COUNT, size_max=COUNT),
    "topic delay": report(delay_min_s=FIGURE, delay_p50_s=FIGURE, delay_p99_s=FIGURE, delay_max_s=FIGURE,
                          from_the_future=COUNT),
    "service list": shape(name=TEXT, types=several(TEXT), responses=several(TEXT), servers=COUNT, clients=COUNT,
                          joined=COUNT, refused=COUNT),
    "service info": shape(name=TEXT, types=several(TYPE), responses=several(TYPE), servers=several(PORT),
                          clients=several(PORT), pairs=several(PAIR)),
    "service type": shape(name=TEXT, fingerprint=TEXT, schema=TEXT, part={"enum": ["request", "response"]}),
    "service call": {"type": "object"},
    "queue list": shape(name=TEXT, types=several(TEXT), workers=COUNT, producers=COUNT, joined=COUNT, refused=COUNT),
    "queue info": shape(name=TEXT, types=several(TYPE), workers=several(PORT), producers=several(PORT),
                        pairs=several(PAIR)),
    "queue pull": shape(type=TEXT, sequence=COUNT, stamp={"type": "integer"}, attempt=COUNT, item={"type": "object"},
                        source={"type": "string", "pattern": "^[0-9a-f]{16}:[0-9]+$"}),
    "node list": shape(name=TEXT, namespace=TEXT, program=TEXT, pid=COUNT, publishers=COUNT, subscribers=COUNT,
                       servers=COUNT, clients=COUNT, workers=COUNT, producers=COUNT),
    "node info": PORT,
    "schema show": TYPE,
    "why": {"oneOf": [FINDING, FLOWING]},
    "doctor": shape(check=TEXT, state={"enum": ["ok", "warn", "fail"]}, text=TEXT, remedy=TEXT),
}


def shape_of(first, *words):
    """Of a verb and its arguments."""
    return SHAPES[first] if first in SHAPES else SHAPES[f"{first} {words[0]}"]
