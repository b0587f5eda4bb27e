"""Words that tell how one table refers to another. Data, drawn up from modelling practice."""

from __future__ import annotations

SELF_WORDS = frozenset(
    "parent ancestor predecessor previous next original root supervisor manager boss reports "
    "recommended referred referrer mentor duplicate related replacement superior child merged "
    "linked prior superseded".split()
)
"""First words of columns that lead back to their own table."""

EXTERNAL_WORDS = frozenset("external legacy foreign thirdparty remote outside".split())
"""First words of keys that other systems gave."""

GENERIC_HEADS = frozenset(
    "type status category group class kind line item detail history reason code name number "
    "level value info data log event entry record list set unit option tag note state".split()
)
"""Last words that many tables share: alone they name none of them."""

SYNONYMS = tuple(
    frozenset(words.split())
    for words in (
        "client customer",
        "vendor supplier",
        "staff employee worker personnel",
        "product item article",
        "shop store outlet",
        "doctor physician clinician practitioner",
        "teacher instructor trainer tutor lecturer professor coach",
        "student pupil learner",
        "carrier shipper courier",
        "company organization organisation firm",
        "manufacturer maker producer",
        "country nation",
        "state province",
        "city town",
        "location place venue",
        "warehouse depot",
        "film movie",
        "song track",
        "vehicle car",
        "aircraft airplane plane",
        "game match fixture",
        "team club squad",
        "player athlete",
        "picture photo image",
        "invoice bill",
        "booking reservation",
        "trip journey ride",
        "contract agreement",
        "guest visitor",
        "author writer",
        "driver chauffeur",
    )
)
"""What one table calls a client, another one calls a customer: words for the same thing."""

PERSON_ENTITIES = frozenset(
    "user employee person staff member people agent worker personnel teacher student".split()
)
"""Tables of people that a role word can lead to."""

OTHER_PEOPLE = frozenset("contact customer player author client".split())
"""Those that it leads to where none of the former is there, and the values agree."""

PERSON_SELF = frozenset(
    "supervisor manager boss reports recommended referred referrer mentor superior".split()
)
"""Of those, the ones that lead back to people only."""

PERSON_ROLES = frozenset(
    "owner author creator assignee reporter assigner approver reviewer editor manager lead leader "
    "supervisor coordinator recruiter interviewer organizer organiser actor sender receiver "
    "recipient operator handler agent rep representative submitter requester requestor approved "
    "created updated modified placed assigned closed deleted submitted reported requested head "
    "instructor teacher clerk responsible salesperson seller buyer driver captain president "
    "referee coach mentor follower inviter invited resolver commenter uploader performer admin "
    "administrator collaborator credited cashier host guest verified reviewed edited sold "
    "server waiter waitress bartender technician nurse surgeon pilot tutor courier "
    "winner loser opponent champion challenger scorer followee payer payee lender borrower".split()
)
"""Words that say what part a person plays."""

NOT_DONE_BY = frozenset("due sort order group valid expires use".split())
"""Words before `by` that tell of no person."""

PART_ROLES = frozenset(
    "billing bill shipping ship shipment delivery pickup mailing mail home work office residence "
    "permanent temporary physical legal parent child root super sub base head main primary begin "
    "secondary default current previous prev prior next last first latest initial final old new "
    "original origin source target destination dest from to start end begin departure arrival "
    "local foreign home away preferred alternate backup assigned approved requested submitted "
    "closed opened owner owning related linked connected duplicate merged copied derived sold "
    "ordered returned returning refunded purchased issued payable receivable supplied preferred "
    "inherited applied selected visiting winning losing starting ending reporting".split()
)
"""Words before an entity that say which part it plays, and do not make it another entity."""
