"""Words that tell what a column is for. Data, drawn up from the practice of data modelling."""

from __future__ import annotations


def words_of(text: str) -> frozenset[str]:
    """Words that stand in one text, apart by blanks."""
    return frozenset(text.split())


LOAD_TOOLS = words_of(
    """
    fivetran airbyte ab dlt sdc stitch hevo rivery matillion estuary meltano singer debezium dms
    etl elt dwh dw edw ingest ingestion batch airflow datastream striim qlik attunity snowpipe
    goldengate hvr
    """
)
"""Makers of loads: behind a leading underscore their names mark a column as theirs."""

COINED_TOOLS = words_of(
    """
    fivetran airbyte debezium meltano matillion hevo rivery attunity snowpipe hvr etl elt dwh edw
    """
)
"""Of those, the ones that mean nothing else: no singer, no stitch, no batch, no airflow."""

LOAD_WORDS = words_of(
    """
    loaded load ingested ingestion extracted emitted synced sync imported import received
    batched replicated inserted landed fetched etl elt processed loadtime ldts
    """
)

DELETED = words_of("deleted delete removed tombstone purged del deletion")
CREATED = words_of("created create creation inserted insert added entered registered")
UPDATED = words_of(
    """
    updated update modified modify modification changed edited lastmodified amended revised
    modstamp
    """
)
OPERATION = words_of("op operation opcode optype dml change action")

DIGESTS = words_of("hashdiff hd diffhash rowhash recordhash")
"""Digests of all that a row tells, by which a load sees that something had changed."""


def is_digest(words: tuple[str, ...]) -> bool:
    """`hashdiff`, `hash_diff`, `row_hash`."""
    return "".join(words[:2]) in DIGESTS


RECORD_SOURCES = frozenset((("record", "source"), ("rec", "source"), ("rsrc",), ("rec", "src")))
"""A data vault's own mark of where a row was loaded from."""

FROM = words_of("from start begin since started starts beginning")
UNTIL = words_of(
    """
    to until through end thru ended ends till ending expiry expiration expires expired
    """
)
VALIDITY = words_of(
    "valid validity effective eff active dbt record row version scd rec fivetran sys system"
)

TIME_WORDS = words_of("date time timestamp at day on datetime when since until")
EPOCH_UNITS = words_of(
    """
    s sec secs ms us ns millis micros nanos milliseconds microseconds nanoseconds epoch unix ts utc
    """
)
EPOCH_MARKS = words_of("epoch unix ts millis micros nanos")
"""Of numbers in the range of times only."""
CALENDAR_PARTS = words_of(
    """
    year month day week hour minute second quarter weekday semester fiscal calendar
    """
)

KEY_WORDS = words_of("id ids key keys sk pk fk nk bk hk guid uuid identifier uid oid")
CODE_WORDS = words_of(
    """
    code number sku upc ean isbn gtin barcode vin serial reference slug handle symbol ticker
    iata icao iso abbreviation abbrev acronym
    """
)
ORDINAL = words_of(
    """
    rank order sequence index position sort level line row version revision priority ordinal seq
    step generation tier place slot seat port page inning round grid lap placement
    """
)

FLAG_STARTS = words_of(
    """
    is has can was should allow allows enable enabled does did will are were requires needs
    include includes accepts use uses
    """
)
FLAG_ENDS = words_of("flag indicator flags bool boolean yn switch")
FLAG_WORDS = words_of(
    """
    active enabled disabled deleted archived verified featured discontinued cancelled canceled
    captured paid refunded livemode perishable taxable visible hidden locked blocked closed
    resolved approved confirmed public private optional required default primary merged draft
    billable current latest automatic delinquent discountable recurring expired banned suspended
    subscribed unsubscribed completed read sent delivered returned reversed proration shippable
    waived
    """
)
CURRENT = words_of("current latest newest")

MONEY = words_of(
    """
    amount price cost fee revenue sales sale salary wage income pay payment total tax freight
    subtotal balance spend budget charge discount refund profit margin bonus commission tip tips
    fare premium deposit debit credit value gross net quota payout earnings cash worth donation
    rent proceeds expense tuition fine penalty turnover outlay maintenance reward limit wages
    fees taxes charges costs deductible copay principal loan money
    """
)
ADDITIVE = words_of(
    """
    amount total quantity cost count fee revenue sales sale tax freight subtotal discount refund
    profit payment bonus commission units unit pieces sum volume hours minutes seconds days
    milliseconds duration bytes distance impressions clicks conversions views visits sessions
    users orders calls items points goals wins losses spend expense expenses fees taxes charges
    charge deposit debit credit votes downloads installs interactions engagements shares likes
    comments replies messages errors issues purchases returns tips tip earnings proceeds payout
    donation runs hits assists shots mileage income salary wage pay passengers slots seats
    deaths births cases yards laps strikeouts walks saves fouls attempts adjustment reward loss
    gain contribution deduction overtime usage consumption delay delays energy rainfall
    precipitation scrap received shipped sold returned ordered gross net turnover production
    output fine penalty
    """
)
SEMI_ADDITIVE = words_of(
    """
    cumulative accumulated lifetime
    balance stock inventory headcount outstanding hand available backlog capacity population
    onhand remaining employees subscribers followers members ytd mtd qtd safety reorder owed
    receivable payable wip open ending closing opening
    """
)
NON_ADDITIVE = words_of(
    """
    rate price percent percentage ratio average mean median share temperature score rating age mark
    marks star stars
    height width length depth latitude longitude altitude speed factor probability index margin
    exchange interest gpa limit threshold min max minimum maximum per standard list msrp unit
    weight size humidity pressure density frequency visibility gust dewpoint elevation angle
    deductible
    ranking grade multiplier coefficient weighting fraction pct yield efficiency utilization bmi
    radius diameter area heart rpm kpi nps csat lowest highest odds handicap experience lead
    """
)
COUNTED = words_of("count number total quantity")
FLOWS = words_of(
    """
    sale sold revenue spend spent expense click clicked impression view visit session conversion
    order ordered purchase purchased return returned refund refunded payment paid deposit withdrawal
    fee tax freight profit payout donation earning proceeds tip hour minute second overtime shipped
    received delivered sent send open opened bounce bounced complaint unsubscribe download install
    interaction engagement share like comment reply message error call vote death birth case
    rainfall precipitation consumption usage energy kwh mwh scrap output run hit assist goal win
    loss
    transaction trip ride shipment delivery in out timesheet attendance worked charged billed
    """
)
"""Of what happens within a period: it adds up over periods, as a level of it does not."""
STANDING = words_of("budget limit quota target allowance bid plan opening closing rate")
"""Of what holds for a period as it did for the one before."""

CURRENCIES = words_of(
    """
    usd eur gbp jpy chf cad aud cny inr sek nok dkk pln brl mxn zar nzd sgd hkd krw try czk huf
    ils thb
    """
)
UNITS = {
    "milliseconds": "milliseconds", "millisecond": "milliseconds", "ms": "milliseconds",
    "seconds": "seconds", "second": "seconds", "minutes": "minutes", "minute": "minutes",
    "hours": "hours", "hour": "hours", "days": "days", "weeks": "weeks", "months": "months",
    "years": "years", "bytes": "bytes", "kb": "kilobytes", "mb": "megabytes", "gb": "gigabytes",
    "km": "kilometres", "miles": "miles", "mile": "miles", "meters": "metres", "metres": "metres",
    "kg": "kilograms", "grams": "grams", "lbs": "pounds", "pounds": "pounds", "cm": "centimetres",
    "mm": "millimetres", "inches": "inches", "feet": "feet", "percent": "percent",
    "percentage": "percent", "cents": "cents", "micros": "micros", "celsius": "degrees Celsius",
    "fahrenheit": "degrees Fahrenheit", "kwh": "kilowatt hours", "mph": "miles per hour",
    "kmh": "kilometres per hour",
}  # fmt: skip

KIND = words_of("type status category class kind group gender priority mode method state stage")
"""Last words of columns that hold a kind, even where it is written as a number."""

STATUS = words_of("status state stage phase outcome resolution disposition lifecycle")
CATEGORY = words_of(
    """
    type category class kind group segment priority method mode tier gender color colour brand
    reason level division region channel source severity grade style frequency currency language
    species breed medium sector industry department subtype subcategory flag line country
    continent sex race ethnicity marital condition shift plan platform browser device os role
    genre size unit suffix model make manufacturer zone band range
    """
)
NAME = words_of(
    """
    name title label caption headline nickname surname firstname lastname forename username
    designation
    """
)
DESCRIPTION = words_of(
    """
    description comment comments note notes text body summary content contents message remarks
    remark bio memo details abstract transcript narrative instructions feedback review excerpt
    explanation biography synopsis overview
    """
)
PLACE = words_of(
    """
    address street city state province country county zip postal postcode region district
    """
)

PERSON_TABLES = words_of(
    """
    customer employee user contact person patient student member author actor staff driver
    passenger player candidate applicant teacher doctor physician guest subscriber client lead
    agent instructor worker artist tenant donor volunteer personnel mechanic buyer trainer
    coach nurse technician courier resident professor lecturer tutor pupil learner
    """
)
"""Entities that are people: their `name` is a person's."""
