"""Words in table names that tell a table's role. Data, drawn up from the practice of modelling."""

from __future__ import annotations

from dbt_cartridge.infer.column_words import words_of

FACT_PREFIXES = words_of("fact fct f")
DIMENSION_PREFIXES = words_of("dim d dimension")
BRIDGE_PREFIXES = words_of("bridge brg xref")
REFERENCE_PREFIXES = words_of("ref lkp lu lookup lk enum code codes lov")

EVENTS = words_of(
    """
    temperature recording order invoice payment transaction sale rental booking
    reservation shipment delivery visit event click session charge refund transfer bill receipt
    entry claim appointment encounter admission review comment message rating vote purchase
    movement issue ticket request response attempt attendance enrollment enrolment registration
    trip ride journey flight call email checkin check checkout application interview scorecard
    dispute payout deposit withdrawal adjustment return cancellation incident inspection
    treatment procedure prescription diagnosis observation measurement reading result game match
    play appearance loan donation bid quote estimate memo credit debit fee fine penalty
    allocation posting journal activity conversation post tweet reply reaction like follow
    download view impression login signup crime accident arrest violation death birth lap race
    pitstop inning goal shot injury work routing task timesheet expense budget forecast target
    quota snapshot stock statistic stat metric usage consumption production test exam assessment
    submission conversion opportunity merge merged commit push build deployment alert trade fill
    execution settlement dispatch pickup stop scan swipe bidding hire termination visitor
    purchasing spending finance performance salary pay rate quotation exchange interaction touch
    send bounce unsubscribe complaint report analytic fulfillment fulfilment engagement case
    deal install earning standing batting pitching fielding qualifying award immunization
    condition medication vital lab imaging study stay ledger trans trx stint absence leave
    shift_log pageview page_view referral pledge subscription_event outage interruption failure
    breakdown fault downtime
    """
)
"""What happens, or is counted, once per row."""

LINES = words_of("line item detail position component entry split lineitem row part")
"""Parts of an event, where the words before them or the key name the whole."""

THINGS = words_of(
    """
    customer client user person people employee staff member contact account product item
    article store shop branch location place address site facility building room warehouse
    supplier vendor merchant seller buyer partner company organization organisation department
    team office project campaign ad keyword device vehicle car plane aircraft machine asset
    equipment book film movie track album artist actor author song playlist genre game player
    club patient doctor physician provider hospital ward clinic insurer payer plan policy
    contract subscription card license student teacher course class school university subject
    airport airline carrier station route port ship vessel driver passenger candidate applicant
    job board repository label sprint epic component version document file folder image photo
    calendar date variant sku creative adset list form podcast topic forum thread band singer
    musician judge park bed geolocation collection opening lender borrower donor recipient
    promotion discount coupon offer part model brand manufacturer exhibit museum circuit
    constructor species animal pet plant crop farm agent broker owner landlord tenant property
    listing host guest hotel restaurant recipe ingredient menu dish channel video page website
    app schedule shift league season tournament stadium venue sponsor domain server service
    application profile subscriber trainer instructor coach nurse technician worker courier
    resident volunteer
    """
)
"""What an event is about."""

KINDS = words_of(
    """
    type status category class kind group reason method mode code priority severity level tier
    currency country region state city nation continent language culture unit uom measure gender
    genre tag role frequency stage phase resolution title job scale grade color size brand
    segment industry source medium zone timezone option flag nationality ethnicity race
    relationship position rank territory county district format term designation salutation
    occupation
    """
)
"""What sorts things: short lists with names."""

LINKS = words_of(
    """
    map mapping link xref bridge assignment association membership junction relation cross
    assignee participant linked
    """
)

HISTORIES = words_of("history log audit journal archive changelog trail hist")

MEASUREMENTS = words_of(
    """
    statistic stat report metric snapshot insight performance analytic level daily monthly weekly
    hourly
    """
)
"""What a table is called that measures a thing again and again: `campaign_stats`."""

LEFTOVERS = words_of(
    """
    bak backup bkp copy old tmp temp temporary test scratch deprecated obsolete delete unused
    orig original dump save saved archived dup duplicate sandbox
    """
)
"""Words that mark a leftover, at the end or the start of a name."""

STAGING = words_of("stg staging stage landing load import temp tmp work wrk queue buffer")

AGGREGATES = words_of("summary aggregate agg rollup daily monthly weekly yearly hourly kpi cube")
