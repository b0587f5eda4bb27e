{#- Regular expressions in the part of the syntax that RE2 and POSIX share. In the order of
    TextPatterns; what needs more than an expression is spelt out in the adapter's file. Two ways of
    writing numbers are told apart by counting each on its own: a comma followed by three digits is
    thousands in one and a fraction in the other, and only where no value contradicts one of them is
    the other proved.
    `12E4` and `00e1` are ids: an exponent has a sign, or stands behind a fraction. -#}
{% macro _cartridge_patterns() %}
    {#- `~` stands for what parts year, month and day. -#}
    {%- set days = '(([12][0-9]{3}|9999)~((0[13578]|1[02])~(0[1-9]|[12][0-9]|3[01])'
        ~ '|(0[469]|11)~(0[1-9]|[12][0-9]|30)|02~(0[1-9]|1[0-9]|2[0-8]))'
        ~ '|([12][0-9](0[48]|[2468][048]|[13579][26])|(12|16|20|24|28)00)~02~29)' -%}
    {%- set day = days | replace('~', '-') -%}
    {%- set time = '[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?' -%}
    {%- set zone = '( ?(Z|UTC|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?))' -%}
    {%- set sign = '(-?[$€£¥] ?|[$€£¥] ?-|-)?' -%}
    {#- A number behind its sign, or as accounts are kept: (12.50) and 12.50- are less than nothing. -#}
    {%- set signed = '^(' ~ sign ~ '~|[(][$€£¥]? ?~[)]|[$€£¥]? ?~-)' -%}
    {#- 1,234,567 and, as in India, 12,34,567. -#}
    {%- set thousands = '[1-9][0-9]{0,2}(,[0-9]{2,3})*,[0-9]{3}' -%}
    {%- set apart = '[1-9][0-9]{0,2}(([.][0-9]{3})+|( [0-9]{3})+)' -%}
    {%- set part = '([.][0-9]{1,4})?' -%}
    {%- set whole = '(0?[1-9]|[12][0-9]|3[01])' -%}
    {%- set month = '(0?[1-9]|1[0-2])' -%}
    {{- return({
        'integer': '^[+-]?[0-9]{1,18}$',
        'decimal': '^[+-]?([0-9]{1,30}([eE][+-][0-9]{1,2})?'
            ~ '|([0-9]{1,30}[.][0-9]{0,20}|[.][0-9]{1,20})([eE][+-]?[0-9]{1,2})?)$',
        'date': '^' ~ day ~ '$',
        'timestamp': '^' ~ day ~ time ~ zone ~ '?$',
        'boolean': '^([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee]|[Yy][Ee][Ss]|[Nn][Oo]|[TtFfYyNn])$',
        'json_like': '^[[:space:]]*([{][[:space:]]*["}]|[[])',
        'uuid': '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$',
        'email': '^[^@ ]+@[^@ ]+[.][A-Za-z]{2,}$',
        'phone': '^([+][0-9]|[(]|[0-9]+[ ().-])[0-9 ().-]{4,20}[0-9]( ?(x|ext[.]?) ?[0-9]{1,6})?$',
        'ip_address': '^(((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])[.]){3}'
            ~ '(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])|([0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}'
            ~ '|([0-9a-fA-F]{0,4}:){1,6}:([0-9a-fA-F]{1,4}:){0,5}[0-9a-fA-F]{0,4})$',
        'url': '^((https?|ftp)://|www[.])[^ ]+$',
        'national_id': '^[0-9]{3}-[0-9]{2}-[0-9]{4}$',
        'card_number': '^[0-9][0-9 -]{11,22}[0-9]$',
        'leading_zero': '^0[0-9]+$',
        'spaced': '[^ ] +[^ ]',
        'money': signed | replace('~', '([0-9]{1,12}|' ~ thousands ~ ')' ~ part) ~ '$',
        'month_first': '^' ~ month ~ '/' ~ whole ~ '/[12][0-9]{3}$',
        'day_first': '^' ~ whole ~ '[/.]' ~ month ~ '[/.][12][0-9]{3}$',
        'dotted_day': '^' ~ whole ~ '[.]' ~ month ~ '[.][12][0-9]{3}$',
        'year_first': '^[12][0-9]{3}/(0[1-9]|1[0-2])/(0[1-9]|[12][0-9]|3[01])$',
        'compact_date': '^' ~ (days | replace('~', '')) ~ '$',
        'comma': signed | replace('~', '([0-9]{1,12}|' ~ apart ~ ')(,[0-9]{1,4})?')
            ~ '( ?[$€£¥])?$',
        'grouped': signed | replace('~', '([0-9]{1,3}|' ~ thousands ~ ')' ~ part) ~ '$',
        'commas': ',',
        'four_places': '^[+-]?[0-9]{1,14}([.][0-9]{1,4})?$',
        'zoned': '^' ~ day ~ time ~ zone ~ '$',
        'zero_date': '^(0000-00-00([T ]00:00:00([.]0+)?)?|00000000)$',
        'accounting': '^([(].*[)]|[^-]*[0-9]-)$',
        'epoch': '^[1-4][0-9]{9}([0-9]{3}|[0-9]{6}|[0-9]{9})?$'
    }) -}}
{% endmacro %}

{#- What stands behind the top values, in this order, in every adapter's profile. -#}
{% macro _cartridge_later_patterns() %}
    {{- return(['money', 'month_first', 'day_first', 'dotted_day', 'year_first', 'compact_date',
        'comma', 'grouped', 'commas', 'four_places', 'zoned', 'zero_date', 'accounting', 'epoch']) -}}
{% endmacro %}
