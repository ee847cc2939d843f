"""What only the database can say of a good request, put into the description before requests are made up from it.

A description tells the form of an id, a code or an address; which ones there are, no description can say. Here each
such member is narrowed to what is there, so that every request that is then made up has to be accepted.
"""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

import orjson
from django.urls import resolve

from assessments.models import Assessment
from companies.models import Company
from instrument import AnswerState, Instrument, Item, load_instrument
from jobs.work import enqueue
from tests import factories
from tests.addresses import an_event, values_for
from tests.api.conftest import Caller

Document = dict[str, Any]
NOWHERE = "00000000-0000-4000-8000-000000000000"
PARTS_OF_COUNT = ("machines_digital", "machines_networked")
MACHINES = 1_000


def operations(document: Document) -> list[tuple[str, str, Document]]:
    """Path, method and description of each operation."""
    return [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method != "parameters"
    ]


def with_ids(document: Document, scored: Assessment, caller: Caller) -> Document:
    """The description in which the ids in addresses are those of objects that the caller may see.

    A good cursor is one that was given with the same filters; walks follow them elsewhere.
    """
    copied = deepcopy(document)
    for path, _, operation in operations(copied):
        ids = ids_in(path, scored, caller)
        kept = []
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "path":
                parameter["schema"] = {"type": "string", "enum": [str(ids[parameter["name"]])]}
            if parameter["name"] != "cursor":
                kept.append(parameter)
        operation["parameters"] = kept
    return copied


def refusing(document: Document) -> Document:
    """The description without `partial`, with which a batch of previews names wrong sets and refuses none."""
    copied = deepcopy(document)
    copied["components"]["schemas"]["PreviewBatchRequest"]["properties"].pop("partial")
    return copied


def ids_in(path: str, scored: Assessment, caller: Caller) -> dict[str, object]:
    """The ids of an address by their names there."""
    if "{" not in path:
        return {}
    found = resolve(re.sub(r"{\w+}", NOWHERE, path))
    if found.url_name in {"job-detail", "job-cancel"}:
        # Programs see the jobs alone that they asked for.
        return {"id": enqueue("nothing", key=path, parameters={}, by=caller.key.user).pk}
    values = values_for(":".join(found.namespaces), str(found.url_name), list(found.kwargs), scored)
    return {"id" if name == "pk" else name: value for name, value in values.items()}


def with_facts(document: Document, scored: Assessment, unanswered: Assessment) -> Document:
    """The description, with ids, in which all else that a request names is there too.

    `unanswered` is the assessment for which answers are sent: what a company's own people answered is not written over.
    """
    copied = deepcopy(document)
    for path, _, operation in operations(copied):
        for parameter in operation["parameters"]:
            if parameter["name"] == "If-Match":
                parameter["schema"] = {"type": "string", "enum": ["*"]}
            elif parameter["name"] == "after":
                parameter["schema"]["enum"] = [str(an_event(scored).pk)]
            elif parameter["name"] == "exclude":
                parameter["schema"] = {"type": "string", "enum": ["B1", "C01,B2"]}
            elif parameter["name"] == "target":
                parameter["schema"] = {"type": "string", "enum": ["level", "tier", "level:3", "tier:2"]}
        if path.endswith("/{id}/answers/"):
            (of_answers,) = [entry for entry in operation["parameters"] if entry["name"] == "id"]
            of_answers["schema"]["enum"] = [str(unanswered.pk)]
    schemas = copied["components"]["schemas"]
    programme = {"type": "string", "enum": [str(scored.round.programme_id)]}
    for name in ("CompanyRequestRequest", "WebhookRequestRequest", "PreviewRequest", "PreviewBatchRequest"):
        schemas[name]["properties"]["programme"] = programme
    for name in ("CompanyRequestRequest", "PatchedCompanyChangeRequest"):
        schemas[name] = _company(schemas[name], scored.company)
    for name in ("WebhookRequestRequest", "PatchedWebhookChangeRequest"):
        schemas[name]["properties"]["url"] = {"type": "string", "enum": ["https://receiver.example/a?b=c"]}
    instrument = load_instrument(scored.round.instrument_version)
    answers = _answers(instrument)
    schemas["PatchedAnswersRequestRequest"]["properties"]["answers"] = {**answers, "minProperties": 1}
    schemas["PreviewRequest"]["properties"]["answers"] = answers
    schemas["PreviewBatchRequest"]["properties"]["sets"] |= {"items": answers, "maxItems": 3}
    schemas["SubmissionRequestRequest"] = _submission(instrument, unanswered)
    bulk = copied["paths"]["/api/v1/submissions/bulk/"]["post"]["requestBody"]["content"]
    bulk["application/x-ndjson"] = {"schema": {"type": "string", "enum": _lines(unanswered)}}
    return copied


def _company(schema: Document, company: Company) -> Document:
    """Codes of lists that the city keeps, a code that is free, and parts of a count that are no more than the whole."""
    city = company.division.city
    properties = {
        **schema["properties"],
        "credit_code": _one_of(
            factories.make_credit_code(901), f" {factories.make_credit_code(902).lower()}"
        ),
        "division": _one_of(company.division.code),
        "functional_area": {"enum": [factories.make_functional_area(city, 7).code, None]},
        "sector": _one_of(company.sector.code),
        "key_industry": {"enum": [factories.make_key_industry("packaging").code, None]},
        # No two of the same year.
        "years": {**schema["properties"]["years"], "maxItems": 1},
        "machines_total": {"type": "integer", "minimum": MACHINES, "maximum": 2_147_483_647},
        **{name: {"type": ["integer", "null"], "minimum": 0, "maximum": MACHINES} for name in PARTS_OF_COUNT},
    }
    return {
        **schema,
        "properties": properties,
        "required": [*schema.get("required", []), "machines_total"],
    }


def _answers(instrument: Instrument) -> Document:
    """Answers to the questions that there are, with options that there are."""
    items = {item.code: _answer(item, instrument) for item in instrument.items}
    return {"type": "object", "properties": items, "additionalProperties": False}


def _answer(item: Item, instrument: Instrument) -> Document:
    keys = [option.key for option in item.options]
    value: Document
    if item.kind == "multiple":
        ticks = {"type": "array", "items": {"enum": keys[1:]}, "minItems": 1, "uniqueItems": True}
        value = {"anyOf": [{"enum": [[keys[0]]]}, ticks]}
    else:
        value = {"enum": [int(key) for key in keys] if item.kind == "scale" else keys}
    text = {"type": "string", "pattern": r"^[^\u0000]*$"}
    figures: Document = {
        figure.code: {
            "type": "string",
            "pattern": r"^[0-9]{1,12}$" if figure.kind == "integer" else r"^[0-9]{1,12}(\.[0-9]{1,6})?$",
        }
        for figure in item.figures
    }
    common: Document = {
        "comment": text,
        "figures": {"type": "object", "properties": figures, "additionalProperties": False},
    }
    answered = {"state": _one_of(AnswerState.ANSWERED), "value": value, **common}
    unknown = {"state": _one_of(AnswerState.DONT_KNOW), **common}
    forms = [value, _object(answered, "value"), _object(unknown, "state")]
    if item.code in instrument.not_applicable_allowed:
        given = {**text, "pattern": r"^[^\u0000\s]+$"}
        forms.append(
            _object({"state": _one_of(AnswerState.NOT_APPLICABLE), "reason": given}, "state", "reason")
        )
    return {"anyOf": forms}


def _submission(instrument: Instrument, unanswered: Assessment) -> Document:
    """A whole set of answers; of those that may be said not to apply, so few that they stay below the cap."""
    answers = _answers(instrument)
    answers["required"] = list(answers["properties"])
    lightest = min(instrument.not_applicable_allowed, key=instrument.get_weight)
    for code in instrument.not_applicable_allowed - {lightest}:
        answers["properties"][code]["anyOf"].pop()
    company: Document = {"company": _one_of(str(unanswered.company_id))}
    of_code: Document = {"credit_code": _one_of(unanswered.company.credit_code)}
    round_ = {"round": _one_of(str(unanswered.round_id))}
    named = [
        {"assessment": _one_of(str(unanswered.pk))},
        {**company, **round_},
        {**of_code, **round_},
        {**of_code, "round_code": _one_of(unanswered.round.code)},
    ]
    declared: Document = {"declared": {"type": "boolean", "enum": [True]}, "answers": answers}
    return {"anyOf": [_object({**names, **declared}, *names, *declared) for names in named]}


def _lines(unanswered: Assessment) -> list[str]:
    line = orjson.dumps({"assessment": unanswered.pk, "declared": True, "answers": {}}).decode()
    return [f"{line}\n", f"\n{line}\nno JSON\n"]


def _one_of(*values: str) -> Document:
    return {"type": "string", "enum": list(values)}


def _object(properties: Document, *required: str) -> Document:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }
