"""The word lists behind `words`: data, no logic.

Drawn up by hand from the vocabulary of data modelling; nothing here comes from one database.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _pairs(text: str) -> dict[str, str]:
    return {short: spelt for short, _, spelt in (pair.partition("=") for pair in text.split())}


ABBREVIATIONS = _pairs(
    """
    abbr=abbreviation acc=account acct=account act=actual addl=additional addr=address
    addrs=addresses adj=adjustment adr=address agt=agent amnt=amount amt=amount amts=amounts
    approx=approximate appt=appointment attr=attribute attrs=attributes auth=authorization
    avail=available avg=average bal=balance bday=birthday bgn=begin bldg=building brch=branch
    bus=business calc=calculated cancl=cancelled cat=category catg=category ccy=currency cd=code
    cds=codes chg=change chk=check clm=claim cls=class cmt=comment cnt=count cntct=contact
    cntr=center cntrl=control cntry=country comm=commission comp=company cpny=company cr=credit
    crncy=currency cstmr=customer ctgry=category ctr=center ctry=country curr=current
    cust=customer custs=customers del=deleted delv=delivery dept=department depts=departments
    desc=description descr=description descrip=description dest=destination disc=discount
    dist=distance div=division dlvry=delivery dob=birth_date doc=document dsc=description
    dscr=description dt=date dte=date dtl=detail dtls=details dtm=timestamp dttm=timestamp
    dur=duration eff=effective emp=employee emps=employees env=environment est=estimated
    evt=event exch=exchange exp=expiry expr=expiry ext=extended fld=field flg=flag flgs=flags
    fname=first_name freq=frequency frm=from frst=first fst=first fwd=forward gndr=gender
    govt=government grp=group grs=gross hdr=header hist=history hosp=hospital hrs=hours
    img=image incl=included ind=indicator info=info inst=institution insur=insurance
    intl=international inv=invoice invc=invoice invt=inventory itm=item lang=language
    lat=latitude lname=last_name ln=line lng=longitude loc=location locn=location lon=longitude
    lst=last lvl=level med=medical memb=member meth=method mfg=manufacturing mfgr=manufacturer
    mfr=manufacturer mgmt=management mgr=manager mgrs=managers mid=middle mkt=market
    mktg=marketing mname=middle_name mnth=month mo=month mod=modified msg=message msgs=messages
    msr=measure mth=month nbr=number neg=negative nm=name nme=name no=number nos=numbers
    nr=number num=number nums=numbers nxt=next obj=object occ=occurrence opp=opportunity
    ops=operations opt=option ord=order ords=orders org=organization orig=original ovr=over
    own=owner param=parameter parm=parameter pat=patient pay=payment payt=payment pct=percent
    perc=percent perf=performance perm=permanent pers=person pg=page phn=phone pkg=package
    pmt=payment pmts=payments pol=policy pos=position prc=price prcs=process pref=preferred
    prefs=preferences prev=previous prim=primary prio=priority proc=process prod=product
    prods=products prof=profile proj=project prom=promotion promo=promotion prov=province
    prtn=return prty=party pt=point pts=points pty=party pub=publisher purch=purchase
    pwd=password qnty=quantity qtr=quarter qty=quantity qtys=quantities quan=quantity
    quant=quantity rcpt=receipt rcv=received rcvd=received rec=record recd=received recs=records
    ref=reference refs=references reg=region regn=region rel=relation rep=representative
    reps=representatives req=required res=result resp=response ret=return rev=revenue rgn=region
    rpt=report rsn=reason rtn=return sal=salary sched=scheduled sec=second secs=seconds
    seg=segment seq=sequence ser=serial sess=session shp=ship sls=sales slsp=salesperson
    spec=special sr=senior src=source srv=service stat=status stats=statistics std=standard
    stk=stock stmt=statement str=street strt=start sts=status subcat=subcategory subj=subject
    sup=supplier supp=supplier surr=surrogate svc=service sys=system tel=telephone
    temp=temporary terr=territory thru=through tm=time tme=time tot=total trans=transaction
    transac=transaction trn=transaction trx=transaction ts=timestamp tstamp=timestamp
    txn=transaction txns=transactions txt=text typ=type tz=timezone uom=unit_of_measure
    upd=updated updt=updated usr=user usrs=users val=value vals=values veh=vehicle ven=vendor
    vend=vendor ver=version vers=version vndr=vendor vol=volume wgt=weight whs=warehouse
    whse=warehouse wk=week wks=weeks wrk=work wt=weight xfer=transfer xref=cross_reference
    yr=year yrs=years
    """
)
"""What a short form stands for; `_` parts two words. A name alone (`no`, `temp`) is judged with
its neighbours in `words`."""

KEY_HEADS = _words(
    """
    cd code fk guid id key nbr nm no num number pk sk uid uuid
    """
)
"""Words after which a short form is that of the table whose key it is: `fac_id`."""

AS_NOUN = {"scheduled": "schedule"}
"""What an abbreviation means at the end of a name or before a key: `sched_dep_time` is scheduled, a
`job_sched` is a schedule."""

ALONE_UNCHANGED = _words(
    """
    acc act auth bus cat comm comp cr del dist div doc est exp ext info inst ln med mid mo mod
    neg no obj occ opp opt ord own pat pay perf pol pos proc prof prov pt pub rec reg rel rep
    res ret rev sal sec seg ser spec sr stat std str sup temp tot trans trn ts val vol
    """
)
"""Short forms that are words (or too many words) by themselves: spelt out beside other words only
where the schema knows the long form, or where the pair below says so."""

SPELT_BESIDE = _words(
    """
    ln no tot ts val vol
    """
)
"""Of those, the ones that a neighbour settles: `order_no`, `tot_amt`."""

NEXT_TO = {
    "cre": ("created", _words("by date dt dte tm time ts user usr")),
    "curr": ("currency", _words("cd code id iso key sym symbol rate")),
    "ord": ("order", _words("amt cd date dt id ln nbr no num number qty stat status ts typ")),
    "sal": (
        "salary",
        _words(
            "annual avg base basic cur gross hourly max min monthly net new old prev start yearly"
        ),
    ),
    "stat": ("status", _words("cd code")),
    "std": ("standard", _words("amt cost hours hrs prc price rate")),
}
"""Short forms whose only neighbour settles what they mean: a code is of a currency, and is not the
current one; a cost is a standard one."""

HEADS = _words(
    """
    account accounts acct addr address amount amt area at author bal balance birth bk by categories
    category cd charge charges city class cnt code codes color comment comments cost costs count
    country currency customer customers date dates day desc description detail details discount
    dt email employee employees end event events fee fees file fk flag flg from group guid
    header headers height history hk hour id ids image in ind info instruct instructions item
    items key keys length level line lines list lists location locations log logs manager map
    measure method minute mode month name names nbr nk nm no nos note notes num number numbers
    on order orders out owner part parts path pct people percent person phone photo pk points
    position price prices priority product products province qty quantity rank rate rates rating
    ratings reason region result results score second segment size sk start state status stay
    stays subcategory summary supp supplier suppliers tax text time times title to total ts type
    types unit units url user users uuid value values version week weight width year zip zone
    """
)
"""Words that close a glued name: `orderdate`, `custkey`, `partsupp`."""

SHORT_SEGMENTS = _words(
    """
    amt at bk by cd cnt day dt fk flg hk id in ind key nbr nk nm no num of on pct pk qty sk to
    ts val
    """
)
"""Segments below four letters that a glued name may be cut into."""

COMMON_WORDS = _words(
    """
    ability above absence absent access account accounts accrual accrued achieved acquired
    acquisition action actions active activities activity actor actors actual addition
    additional address addresses adjusted adjustment admin administrator admission adult advance
    advertiser affiliate after agency agent agents aggregate agreement aircraft airline airlines
    airport airports airtime album albums alert alias allergies allergy allocated allocation
    allowance alternate always amount amounts analysis anchor android animal annual answer
    answers apartment api app appearance application applied appointment approval approved
    archive archived area arrival article articles artist artists asset assets assigned assignee
    assignment assistant associated attachment attempt attendance attendee attribute attributes
    auction audience audit author authorization authors auto availability available average
    award background backup badge balance bank banner barcode base basic basket batch battery
    beer before begin behavior benefit benefits best bid bids bike bill billed billing bills
    birth birthday block blocked blog board body bonus book booked booking bookings books border
    born both bottom bounce box branch branches brand brands broadcast browser budget build
    building bundle business button buyer buyers cable calculated calendar call called calls
    camera campaign campaigns cancel canceled cancellation cancelled candidate capacity capital
    caption capture car card cardinality cards care career cargo carrier cart carts case cases
    cash cast catalog categories category cause cell census center century certificate chain
    change changed changes channel chapter character charge charged charges chart chat check
    checked checkin checkout child children choice circuit cities city claim claims class
    classes clean click clicks client clients clinic close closed closing cloud club code codes
    collected collection color column columns comment comments commercial commission commit
    commitment committed committee common communication community companies company competition
    complaint complete completed component components compound computer concept condition
    conditions conference confidence config configuration confirmation confirmed connected
    connection constructor consumer contact contacts container content contents contract
    contracts contribution control conversion conversions converted cooking copy core corporate
    corrected cost costs count counter countries country county coupon course courses court
    coverage covid create created creation creative creator credential credit crew crime crop
    cross culture cumulative currency current customer customers cycle daily damage data
    database dataset date dates day days deadline deal dealer dealers death debit debt decision
    declined default definition degree delay deleted delivered deliveries delivery demand
    demographic demographics department departments departure dependent deposit depth
    description design destination detail details device devices diagnosis dimension dimensions
    direct direction director directory disabled discontinued discount discounts disease
    dispatch display dispute distance distribution district division doctor doctors document
    documents domain dose download draft drive driver drivers drop drug dry due duration duty
    early earned earning edge editor education effect effective effort election electric element
    eligible email emails embargo emergency employee employees employment empty enabled end
    ended ending endpoint energy engagement engine english enrolled enrollment enrolment ent
    entities entity entry environment episode equipment equity error escalation estimate
    estimated event events evidence exam example exception exchange excluded execution executive
    exercise expected expense expenses experience expiration expired expiry export exposure
    extended extension external extra face facilities facility factor failed failure family fare
    fast favorite fax feature features federal fee feed feedback fees female field fields figure
    file filename files film films filter final finance financial fine finish finished firm
    first fiscal fixed flag flags fleet flight flights floor flow folder follow follower
    following food for forecast foreign form formal format forum forward fraction fraud free
    freight frequency friend from fuel full function fund funding fuzzy game games gate gender
    general generated genre genres geography gift given global goal goals goods grade grades
    grand grant grid gross ground group groups growth guest guid guide half handle hardware has
    hash hashtag head headcount header health height help hidden hierarchy high highest hire
    history hits holder holiday home homepage hospital host hostname hotel hour hours house
    household housing html human humidity hybrid icon ids image images impact import impressions
    inbound incentive inception incident include income index indicator individual industry info
    information initial injury inning input inquiry insert instance institution instruct
    instruction instructions instructor insurance integration intent interest interface internal
    interval interview inventories inventory invested investment invite invoice invoices issue
    issued issues item items job jobs join joined journal journey judge key keyword kind lab
    label labor land language languages large last latest latitude launch layer lead leader
    leads league leave left legacy legal lender length lesson level levels liability library
    license lien life lifecycle lifetime limit line lines link liquid list listed listing
    listings lists live load loaded loan loans local locale location locations locked log logged
    login logins logo logout logs long longitude loss lost lot low lowest loyalty machine mail
    mailbox main maintenance major make male managed management manager managers manual
    manufacturer map margin marital mark market marketing markets master match matches material
    matter mature maximum meal mean measure measurement media medical medication medium meeting
    member members membership memo menu merchant merge message messages metadata meter method
    methods metric middle mileage milestone minimum minor minute minutes mission mobile mode
    model models moderator modified module monday money month monthly months mother motor mount
    movement movie movies name names nation national nature need net network next nick nickname
    night node normal note notes notice notification number numbers nurse object objective
    occupation occurred offer offers office officer offline offset online open opened opening
    operating operation operations operator opportunity option options order ordered orders
    organization origin original other outbound outcome outlay outlet outline output outstanding
    overdue overtime owed owner owners ownership pack package packages page pages paid pair
    panel paper paragraph parameter parent parents park part partial participant parties partner
    partners parts party pass passed passenger passport password past patient patients pattern
    pay payable paycheck payee payer payload payment payments payout payroll penalty pending
    people per percent percentage performance period periods permission person personal persons
    pet pets phase phone phones photo photos physical physician pick picture piece pilot
    pipeline place placed plan plane planes planned plans plant plate platform play player
    players playlist plot point points policies policy poll pool popular population port portal
    portfolio position post postal postcode posted posting posts potential power practice
    predicted preference preferred premium prepaid prescription present president pressure
    previous price prices pricing primary principal print prior priority private prize
    probability problem procedure process processed processing product production products
    profile profit program programs progress project projects promise promotion proof properties
    property proposal protocol provider province provision public published publisher pull
    purchase purchased purchases purpose push qualification quality quantities quantity quarter
    query question questions queue quick quiz quota quotation quote quotes race races radio rain
    range rank ranked rapid rate rated rates rating ratings ratio raw reach reaction read reader
    reading ready real reason rebate receipt receivable received receiver recharge recipe
    recipient recommended record recorded records recovery recurring redeemed reference referral
    referrer refund refunded refunds region regional regions register registered registration
    rejected related relation relationship release released remaining reminder removed renewal
    rent rental rentals rented reopened repair replacement reply report reported reporter
    reports representative request requested requests required requirement resale reseller
    reservation reserve reserved reset resolution resolved resource resources response rest
    restaurant result results retail return returned returns revenue reverse review reviewer
    reviews revision reward rider rides right risk road role roles room rooms root round route
    routes routing row rule rules run runs safety salaries salary sale sales salesperson sample
    sandbox satellite saved savings scale scan schedule scheduled schema school score scores
    screen script search season seat seats second seconds secret section sector security segment
    segments select self sell seller sellers semester send sender senior sensor sent sequence
    serial series serve server service services session sessions set settings settled settlement
    setup severity shape share shares shelf shelter shift ship shipment shipments shipped
    shipper shippers shipping shop shopper shopping shops short shot show side sign signed
    signup silver site sites size sizes skill skills slot slots slug small snapshot social
    software sold solid song songs sort source sources space special species specification speed
    spend spent split sponsor sport spot staff stage stamp standard standing star start started
    starting starts state statement states station stations statistic status step steps stock
    stop storage sub store stores story strategy stream street strength string strong student
    students style subcategory subject submitted subscriber subscription subtotal subtype
    success suffix sugar summary supervisor supplied supplier suppliers supplies supply support
    survey suspended symbol symptom sync system systems table tables tag tags target targets
    task tasks tax taxable taxes teacher team teams technical telephone temperature template
    tenant tenure term terminal terms territories territory test tests text theater theme thread
    threshold thumbnail ticket tickets tier time timeline times timestamp timezone tip title
    titles today token tool top topic topics total totals touch tour tournament track tracking
    tracks trade trades traffic trailer train training transaction transactions transcript
    transfer transit translation transport travel treatment trend trial trip trips truck trust
    tuition tweet tweets type types undo uniform union unique unit units university unpaid
    unsubscribed update updated upload url usage user username users using utility uuid valid
    validity value values variable variant variation vehicle vehicles vendor vendors venue
    verified version versions vertical vessel video videos view viewed viewer views violation
    virtual visibility visible visit visitor visits vitals void volume voted votes voucher wage
    wages waiting wallet ward warehouse warehouses warning warranty waste watch water weather
    web website week weekday weekend weekly weeks weight welcome wheel when white wholesale
    width wind window winner wire with withdrawal work worker workflow working workload workout
    works world write year yearly years yesterday zero zip zone zones
    """
)
"""Words that are never cut, and that glued names may be cut into."""

TABLE_PREFIXES = _words(
    """
    base brg bridge d dim dw dwh edw f fact fct hub int link lk lkp lnk lu mst mstr ods raw ref
    sat src staging stg t tb tbl v vw xref
    """
)
"""First words of a table name that name a layer or a habit, not the entity."""

STRONG_TABLE_PREFIXES = _words(
    """
    brg dim dwh edw fct lkp lu mst mstr ods raw staging stg tb tbl vw
    """
)
"""Of those, the ones that are dropped even where no other table of the schema has them."""

FIELD_MARKS = ("property", "properties", "prop", "props", "fields", "attributes")
"""First words of a column that say no more than that it is one."""

TABLE_SUFFIXES = _words(
    """
    airbyte cdc data dataset dim fact fct fivetran raw scd table tbl
    """
)
"""Last words of a table name that say nothing of the entity, where another word is left."""

UNCOUNTED = _words(
    """
    access address alias always analysis as atlas aws axis basis bias bonus bus business campus
    canvas census chassis chess class compass corpus crisis cross css data details diagnosis dns
    emphasis energy equipment express feedback fitness focus gas glass gms goods gps grass gross has
    history https hypothesis illness info information ins inventory ios iris is its js lens less
    loss mass media metadata minus news oasis ops os pass plus pos press previous
    process progress radius sales series sms species staff status stress success syllabus
    synopsis tax tennis thesis this tls us virus weather was wellness
    """
)
"""Words that end in `s`, or have no plural, and stay as they are."""
