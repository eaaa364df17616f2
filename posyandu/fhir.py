"""FHIR R4 as SATUSEHAT uses it, for export: Organization (the posyandu), Patient, Encounter, Observation, Immunization in one Bundle.

Codes: LOINC 29463-7 body weight, 8302-2 height, 8306-3 lying length, 9843-4 head circumference, 8480-6 and 8462-4 blood pressure,
718-7 haemoglobin, 39156-5 BMI, 2339-0 glucose, 2093-3 cholesterol, 56072-2 upper arm (mid upper arm circumference), 56086-2 waist,
8339-4 and 89269-5 weight and length at birth;
units in UCUM. NIK and KK go by SATUSEHAT's identifier systems. Where no NIK is known a patient has the portal's own number only.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings

from .models import Given, GrowthVisit, Person, Posyandu, Visit

NIK_SYSTEM = "https://fhir.kemkes.go.id/id/nik"
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
GENDERS = {"F": "female", "M": "male"}
MEASURED = {
    "weight": ("29463-7", "Body weight", "kg"),
    "lying": ("8306-3", "Body height --lying", "cm"),
    "standing": ("8302-2", "Body height", "cm"),
    "head": ("9843-4", "Head Occipital-frontal circumference", "cm"),
    "muac": ("56072-2", "Circumference Mid upper arm - right", "cm"),
}
AT_BIRTH = {
    "birth_weight": ("8339-4", "Birth weight Measured", "kg"),
    "birth_length": ("89269-5", "Body height Measured --at birth", "cm"),
}
ASKED = {
    "weight": ("29463-7", "Body weight", "kg"),
    "height": ("8302-2", "Body height", "cm"),
    "muac": ("56072-2", "Circumference Mid upper arm - right", "cm"),
    "waist": ("56086-2", "Adult Waist Circumference Protocol", "cm"),
    "systolic": ("8480-6", "Systolic blood pressure", "mm[Hg]"),
    "diastolic": ("8462-4", "Diastolic blood pressure", "mm[Hg]"),
    "hb": ("718-7", "Hemoglobin [Mass/volume] in Blood", "g/dL"),
    "glucose": ("2339-0", "Glucose [Mass/volume] in Blood", "mg/dL"),
    "cholesterol": ("2093-3", "Cholesterol [Mass/volume] in Serum or Plasma", "mg/dL"),
    "bmi": ("39156-5", "Body mass index (BMI) [Ratio]", "kg/m2"),
}
UNITS = {"mm[Hg]": "mmHg"}


def bundle(posyandu: Posyandu, people: Iterable[Person]) -> dict[str, Any]:
    """A Bundle of type collection with everything recorded of these people at any posyandu. Three queries beside those of `people`."""
    people = list(people)
    entries = [organization(posyandu), *(patient(one) for one in people)]
    for one in people:
        for what, code in AT_BIRTH.items():
            if (number := getattr(one, what)) is not None:
                entries.append(
                    _observation(f"person-{one.pk}-{what.replace('_', '-')}", code, float(number), one.pk, "", one.birth_date.isoformat())
                )
    for visit in GrowthVisit.objects.filter(person__in=people).order_by("day", "pk"):
        name, day = f"growth-{visit.pk}", visit.day.isoformat()
        entries.append(_encounter(name, visit.person_id, visit.posyandu_id, day))
        height = "lying" if visit.measure == "L" else "standing"
        values = {"weight": visit.weight, height: visit.height, "head": visit.head, "muac": visit.muac}
        for what, number in values.items():
            if number is not None:
                entries.append(_observation(f"{name}-{what}", MEASURED[what], float(number), visit.person_id, name, day))
    for contact in Visit.objects.filter(person__in=people).order_by("day", "pk"):
        name, day = f"visit-{contact.pk}", contact.day.isoformat()
        entries.append(_encounter(name, contact.person_id, contact.posyandu_id, day))
        for what, code in ASKED.items():
            value = contact.answers.get(what, contact.derived.get(what))
            if isinstance(value, int | float):
                entries.append(_observation(f"{name}-{what}", code, float(value), contact.person_id, name, day))
    for given in Given.objects.filter(person__in=people, item__kind="vaccine").select_related("item", "campaign").order_by("day", "pk"):
        entries.append(_immunization(given))
    known = {entry["id"] for entry in entries if entry["resourceType"] == "Organization"}
    others = {entry["serviceProvider"]["reference"].partition("/")[2] for entry in entries if entry["resourceType"] == "Encounter"} - known
    for other in Posyandu.objects.filter(pk__in=[int(name.partition("-")[2]) for name in others]):
        entries.insert(1, organization(other))
    base = f"{settings.BASE_URL}/fhir"
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"fullUrl": f"{base}/{entry['resourceType']}/{entry['id']}", "resource": entry} for entry in entries],
    }


def organization(posyandu: Posyandu) -> dict[str, Any]:
    return {
        "resourceType": "Organization",
        "id": f"posyandu-{posyandu.pk}",
        "identifier": [{"system": f"{settings.BASE_URL}/posyandu", "value": str(posyandu.pk)}],
        "name": posyandu.name,
        "address": [{"country": "ID", "text": posyandu.village_id}],
    }


def patient(person: Person) -> dict[str, Any]:
    identifiers = [{"system": f"{settings.BASE_URL}/posyandu/person", "value": str(person.pk)}]
    if person.nik:
        identifiers.insert(0, {"use": "official", "system": NIK_SYSTEM, "value": person.nik})
    found: dict[str, Any] = {
        "resourceType": "Patient",
        "id": f"person-{person.pk}",
        "identifier": identifiers,
        "active": person.left_on is None,
        "name": [{"use": "official", "text": person.name}],
        "gender": GENDERS[person.sex],
        "birthDate": person.birth_date.isoformat(),
        "managingOrganization": {"reference": f"Organization/posyandu-{person.posyandu_id}"},
    }
    if person.died_on:
        found["deceasedDateTime"] = person.died_on.isoformat()
    return found


def _encounter(name: str, person: int, posyandu: int, day: str) -> dict[str, Any]:
    return {
        "resourceType": "Encounter",
        "id": name,
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB", "display": "ambulatory"},
        "subject": {"reference": f"Patient/person-{person}"},
        "period": {"start": day, "end": day},
        "serviceProvider": {"reference": f"Organization/posyandu-{posyandu}"},
    }


def _observation(name: str, code: tuple[str, str, str], value: float, person: int, encounter: str, day: str) -> dict[str, Any]:
    number, display, unit = code
    found: dict[str, Any] = {
        "resourceType": "Observation",
        "id": name,
        "status": "final",
        "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"}]}],
        "code": {"coding": [{"system": LOINC, "code": number, "display": display}]},
        "subject": {"reference": f"Patient/person-{person}"},
        "effectiveDateTime": day,
        "valueQuantity": {"value": value, "unit": UNITS.get(unit, unit), "system": UCUM, "code": unit},
    }
    if encounter:  # weights at birth are told, not measured here
        found["encounter"] = {"reference": f"Encounter/{encounter}"}
    return found


def _immunization(given: Given) -> dict[str, Any]:
    found: dict[str, Any] = {
        "resourceType": "Immunization",
        "id": f"given-{given.pk}",
        "status": "completed",
        "vaccineCode": {
            "coding": [{"system": f"{settings.BASE_URL}/posyandu/item", "code": given.item.code, "display": given.item.name_id}]
        },
        "patient": {"reference": f"Patient/person-{given.person_id}"},
        "occurrenceDateTime": given.day.isoformat(),
        "primarySource": not given.elsewhere,
        "protocolApplied": [_protocol(given)],
    }
    if given.batch:
        found["lotNumber"] = given.batch
    return found


def _protocol(given: Given) -> dict[str, Any]:
    """A dose of the schedule with its number, or one of a campaign, which has none there."""
    if given.campaign is not None:
        return {"series": given.campaign.name, "doseNumberString": "campaign"}
    return {"series": given.item.series or given.item.code, "doseNumberPositiveInt": given.item.dose}
