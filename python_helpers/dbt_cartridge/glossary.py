"""What words of other languages mean in data modelling: the English words that the lists know.

Data, no logic, as `lexicon`. Without accents; German as `ue`, `oe`, `ae`, `ss`. What a person, a
thing or an event is called stands in the singular; a plural is found by its ending.
"""

from __future__ import annotations


def _pairs(text: str) -> dict[str, tuple[str, ...]]:
    pairs = (pair.partition("=") for pair in text.split())
    return {word: tuple(meant.split("_")) for word, _, meant in pairs}


GERMAN = _pairs(
    """
    ab=from abgang=departure abgeschlossen=completed abrechnung=billing abteilung=department
    adresse=address aenderung=change aktiv=active alter=age anfang=start angebot=quote
    angelegt=created ankunft=arrival anmeldung=registration anrede=salutation
    ansprechpartner=contact anteil=share anzahl=count art=type artikel=item auftraege=order
    auftrag=order ausgabe=expense autor=author bank=bank beginn=start
    beleg=receipt bemerkung=comment benutzer=user berater=agent bereich=division
    beruf=occupation beschreibung=description bestand=stock bestell=order bestellung=order
    betraege=amount betrag=amount bezahlt=paid bezeichnung=label bis=until brutto=gross
    buch=book buchung=booking bundesland=state datum=date dauer=duration durchschnitt=average
    eingang=received einheit=unit einkauf=purchase einnahme=income eintraege=entry eintrag=entry
    eintritt=entry einzel=unit ende=end entfernung=distance ereignis=event erfasst=created
    erloes=revenue erstellt=created faellig=due faelligkeit=due fahrer=driver fahrt=trip
    fahrzeug=vehicle farbe=color filiale=branch firma=company flug=flight fracht=freight
    geaendert=updated gebuehr=fee geburt=birth gehalt=salary geliefert=delivered
    geloescht=deleted gesamt=total geschlecht=gender gewicht=weight gewinn=profit groesse=size
    grund=reason gruppe=group gueltig=valid gutschrift=credit haendler=merchant hat=has
    hersteller=manufacturer hoehe=height ist=is jahr=year kasse=register kategorie=category
    kauf=purchase klasse=class kommentar=comment konten=account konto=account kosten=cost
    kreditlimit=credit_limit kuerzel=code kunde=customer kurs=course laender=country
    laenge=length lager=warehouse land=country lehrer=teacher leiter=manager liefer=delivery
    lieferant=supplier lieferung=delivery lohn=wage mahnung=reminder marke=brand menge=quantity
    mitarbeiter=employee mitglied=member monat=month mwst=tax nachname=last_name name=name
    netto=net notiz=note nr=number nummer=number ort=city partner=partner patient=patient
    person=person plz=zip position=position posten=line preis=price
    prioritaet=priority produkt=product provision=commission prozent=percent rabatt=discount
    rang=rank rechnung=invoice reihenfolge=sequence reservierung=reservation restbetrag=balance
    saldo=balance satz=rate schluessel=key schueler=student skonto=discount spieler=player
    sprache=language staat=country stadt=city standort=location steuer=tax storniert=cancelled
    storno=cancellation strasse=street stueck=unit stufe=level stunde=hour summe=total tag=day
    temperatur=temperature titel=title typ=type uhrzeit=time umsaetze=sales umsatz=sales
    ursprung=source verkaeufe=sale verkaeufer=seller verkauf=sale versand=shipping
    versandt=shipped vertraege=contract vertrag=contract von=from vorgang=transaction
    vorname=first_name waehrung=currency ware=product warengruppe=category wert=value woche=week
    wohnort=city zahl=count zahlung=payment zahlungs=payment zeit=time zeitpunkt=time
    ziel=target zins=interest zustand=condition zwischensumme=subtotal
    """
)

DUTCH = _pairs(
    """
    aangemaakt=created aankomst=arrival aankoop=purchase aantal=quantity aantekening=note
    achternaam=last_name actief=active adres=address afdeling=department afstand=distance
    artikel=item auteur=author bedrag=amount bedrijf=company begin=start
    beschrijving=description bestel=order besteld=ordered bestelling=order betaal=payment
    betaald=paid betaling=payment bezorging=delivery boek=book boeking=booking btw=tax
    categorie=category cursus=course dag=day datum=date docent=teacher duur=duration
    eenheid=unit eenheids=unit einde=end facturen=invoice factuur=invoice gebeurtenis=event
    geboorte=birth gebruiker=user geldig=valid geleverd=delivered geslacht=gender gewicht=weight
    gewijzigd=updated groep=group heeft=has hoeveelheid=quantity hoogte=height huurder=tenant
    inkomsten=income jaar=year klant=customer klasse=class kleur=color korting=discount
    kosten=cost krediet=credit kredietlimiet=credit_limit land=country leden=member
    leerling=student lengte=length lever=delivery leverancier=supplier levering=delivery
    lid=member loon=wage maand=month magazijn=warehouse medewerker=employee merk=brand
    munt=currency naam=name naar=to netto=net notitie=note nummer=number
    omschrijving=description omzet=revenue opmerking=comment order=order patient=patient
    periode=period persoon=person plaats=city postcode=zip prijs=price prioriteit=priority
    product=product provincie=province rang=rank reden=reason regel=line rekening=account
    reservering=reservation rit=trip salaris=salary soort=type speler=player stad=city
    stand=stock straat=street stuk=unit subtotaal=subtotal taal=language tarief=rate
    telefoon=phone tijd=time titel=title toestand=condition tot=until totaal=total type=type
    uitgave=expense uur=hour valuta=currency van=from veiling=auction verkoop=sale
    verkoper=seller vertrek=departure vervaldatum=due_date verwijderd=deleted
    verzending=shipment verzonden=shipped voertuig=vehicle volgorde=sequence voornaam=first_name
    voorraad=stock waarde=value week=week werknemer=employee wijze=method winkel=store
    winst=profit woonplaats=city zending=shipment
    """
)

SPANISH = _pairs(
    """
    activo=active actualizacion=update actualizado=updated almacen=warehouse alumno=student
    anio=year ano=year anulado=cancelled apellido=last_name apellidos=last_name articulo=item
    asiento=entry autor=author baja=deletion borrado=deleted calle=street cambio=change
    cancelado=cancelled cantidad=quantity categoria=category cita=appointment ciudad=city
    clase=class cliente=customer codigo=code comentario=comment comision=commission
    compra=purchase comprador=buyer conductor=driver contacto=contact contrato=contract
    correo=email coste=cost costo=cost creacion=created creado=created credito=credit
    cuenta=account cuota=fee curso=course debito=debit departamento=department
    descripcion=description descuento=discount desde=from destino=destination detalle=line
    devolucion=return dia=day direccion=address distancia=distance divisa=currency
    duracion=duration edad=age eliminado=deleted empleado=employee empresa=company
    encargado=manager entrada=entry entrega=delivery entregado=delivered enviado=shipped
    envio=shipping es=is escuela=school esta=is estado=status estudiante=student etapa=stage
    existencia=stock existencias=stock fabricante=manufacturer factura=invoice fecha=date
    fin=end firma=company flete=freight flujo=flow ganancia=profit gasto=expense genero=gender
    grupo=group hasta=until hora=hour idioma=language importe=amount impuesto=tax ingreso=income
    inicio=start instalacion=facility inventario=inventory iva=tax jefe=manager jugador=player
    libro=book limite=limit linea=line lineas=line llegada=arrival localidad=city marca=brand
    matricula=enrollment medico=doctor mes=month metodo=method moneda=currency monto=amount
    motivo=reason movimiento=movement multa=fine municipio=city nacimiento=birth nivel=level
    nombre=name nota=note numero=number observacion=comment observaciones=comment origen=source
    paciente=patient pagado=paid pago=payment pais=country paises=country pedido=order
    pelicula=film periodo=period persona=person peso=weight posicion=position postal=postal
    precio=price precios=price prestamo=loan presupuesto=budget prioridad=priority
    producto=product profesor=teacher promedio=average proveedor=supplier proveedores=supplier
    provincia=province puesto=job rango=rank recibo=receipt region=region registro=registration
    reserva=reservation responsable=manager salario=salary saldo=balance salida=departure
    sexo=gender sucursal=branch sueldo=salary talla=size tarifa=rate tarjeta=card tasa=rate
    telefono=phone temporada=season tienda=store tiene=has tipo=type titulo=title total=total
    ubicacion=location unidad=unit unidades=units unitario=unit usuario=user valido=valid
    valor=value vehiculo=vehicle vencimiento=due vendedor=seller vendedores=seller venta=sale
    viaje=trip vigencia=validity vuelo=flight
    """
)

PORTUGUESE = _pairs(
    """
    aliquota=rate aluguel=rent aluno=student ano=year apagado=deleted armazem=warehouse
    ativo=active atualizado=updated autor=author avaliacao=review bairro=district
    cadastro=registration cancelado=cancelled cargo=job categoria=category cep=zip cidade=city
    classe=class cliente=customer codigo=code comentario=comment comissao=commission
    compra=purchase consulta=appointment conta=account contrato=contract cor=color
    credito=credit criacao=created criado=created curso=course custo=cost data=date debito=debit
    departamento=department desconto=discount descricao=description despesa=expense
    destino=destination devolucao=return dia=day distancia=distance duracao=duration
    emissao=issue empresa=company encomenda=order endereco=address entrega=delivery
    entregue=delivered enviado=shipped envio=shipping escola=school estado=state estoque=stock
    excluido=deleted fabricante=manufacturer fatura=invoice fim=end forma=method
    fornecedor=supplier fornecedores=supplier frete=freight funcionario=employee genero=gender
    grupo=group hora=hour idade=age idioma=language imposto=tax inicio=start item=line
    itens=line iva=tax jogador=player juros=interest limite=limit livro=book localidade=city
    loja=store lucro=profit marca=brand matricula=enrollment medico=doctor mensalidade=fee
    mes=month metodo=method moeda=currency motivo=reason motorista=driver movimento=movement
    multa=fine municipio=city nascimento=birth nivel=level nome=name nota=note numero=number
    observacao=comment paciente=patient pagamento=payment pago=paid pais=country
    parcela=part pedido=order peso=weight pessoa=person posicao=position preco=price
    prioridade=priority produto=product professor=teacher quantidade=quantity recebido=received
    receita=revenue reserva=reservation rua=street saida=departure salario=salary saldo=balance
    servico=service sexo=gender situacao=status sobrenome=last_name tamanho=size tarifa=rate
    taxa=rate telefone=phone tem=has tipo=type titulo=title total=total unidade=unit
    unidades=units unitario=unit usuario=user utilizador=user validade=validity valido=valid
    valor=amount veiculo=vehicle vencimento=due venda=sale vendedor=seller vendedores=seller
    viagem=trip voo=flight
    """
)

FRENCH = _pairs(
    """
    achat=purchase actif=active adresse=address age=age annee=year annule=cancelled
    arrivee=arrival article=item auteur=author avoir=credit banque=bank bon=receipt
    boutique=store categorie=category classe=class client=customer code=code commande=order
    commentaire=comment compte=account conducteur=driver contrat=contract couleur=color
    courriel=email cours=course cout=cost creation=created credit=credit cree=created date=date
    debut=start depart=departure depense=expense depuis=from description=description
    destinataire=recipient devis=quote devise=currency duree=duration echeance=due ecole=school
    editeur=publisher effectif=headcount eleve=student employe=employee encours=outstanding
    entree=entry entrepot=warehouse envoi=shipping envoye=shipped est=is etape=stage etat=status
    etudiant=student expedie=shipped expedition=shipment fabricant=manufacturer facture=invoice
    fin=end fournisseur=supplier frais=fee genre=gender groupe=group heure=hour impot=tax
    joueur=player jour=day jusqu=until langue=language libelle=label lieu=location ligne=line
    livraison=delivery livre=book loyer=rent magasin=store maj=updated marge=margin marque=brand
    medecin=doctor mode=method modele=model modifie=updated mois=month monnaie=currency
    montant=amount motif=reason mouvement=movement moyen=method moyenne=average naissance=birth
    niveau=level nom=name nombre=count note=note numero=number paiement=payment patient=patient
    paye=paid pays=country personne=person plafond=limit poids=weight poste=job
    prenom=first_name priorite=priority prix=price produit=product professeur=teacher
    quantite=quantity raison=reason rang=rank recette=revenue recu=received region=region
    reglement=payment remboursement=refund remise=discount rendez=appointment
    responsable=manager rue=street salaire=salary salarie=employee sejour=stay sexe=gender
    societe=company solde=balance statut=status supprime=deleted taille=size tarif=rate
    taux=rate taxe=tax telephone=phone titre=title total=total trajet=trip tva=tax type=type
    unitaire=unit unite=unit utilisateur=user valeur=value valide=valid validite=validity
    vehicule=vehicle vendeur=seller vente=sale versement=payment ville=city voiture=car
    vol=flight voyage=trip
    """
)

ITALIAN = _pairs(
    """
    abbonamento=subscription acquisto=purchase agente=agent aliquota=rate alunno=student
    anno=year annullato=cancelled arrivo=arrival articolo=item attivo=active autista=driver
    autore=author azienda=company cap=zip categoria=category causale=reason citta=city
    classe=class cliente=customer codice=code cognome=last_name colore=color commento=comment
    comune=city consegna=delivery consegnato=delivered conto=account contratto=contract
    corso=course costo=cost creato=created creazione=created credito=credit data=date
    debito=debit descrizione=description dipendente=employee ditta=company durata=duration
    eliminato=deleted emissione=issue entrata=income esercizio=year eta=age evento=event
    fattura=invoice filiale=branch fine=end fornitore=supplier genere=gender giacenza=stock
    giocatore=player giorno=day gruppo=group ha=has importo=amount imposta=tax indirizzo=address
    inizio=start iva=tax libro=book limite=limit lingua=language livello=level lordo=gross
    luogo=location magazzino=warehouse marca=brand medico=doctor mese=month metodo=method
    misura=measure modello=model modificato=updated motivo=reason movimento=movement
    nascita=birth nazione=country negozio=store nome=name nota=note numero=number oggetto=item
    ora=hour ordine=order paese=country pagamento=payment pagato=paid partenza=departure
    paziente=patient persona=person peso=weight posizione=position prenotazione=booking
    prestito=loan prezzo=price prodotto=product professore=teacher proprietario=owner
    provincia=province quantita=quantity ragione=reason reparto=department ricavo=revenue
    riga=line righe=line rimborso=refund saldo=balance scadenza=due sconto=discount
    scuola=school sede=branch sesso=gender spedito=shipped spedizione=shipment spesa=expense
    stato=status stipendio=salary studente=student taglia=size tassa=tax tasso=rate
    telefono=phone tipo=type titolo=title totale=total unita=unit unitario=unit utente=user
    validita=validity valido=valid valore=value valuta=currency veicolo=vehicle vendita=sale
    venditore=seller via=street viaggio=trip volo=flight
    """
)

LANGUAGES = {
    "German": GERMAN, "Dutch": DUTCH, "Spanish": SPANISH, "Portuguese": PORTUGUESE,
    "French": FRENCH, "Italian": ITALIAN,
}  # fmt: skip

COMPOUNDING = frozenset(("German", "Dutch"))
"""Their words are glued: `gesamtbetrag`, `stukprijs`."""

JOINTS = ("", "s", "es", "n", "en", "e")
"""What may stand between two glued words."""

NOUN_FIRST = frozenset(("Spanish", "Portuguese", "French", "Italian"))
"""What a noun is of comes after it: `fecha_pedido` is an order date."""

PLURALS = {
    "German": ("en", "n", "e", "er", "s"), "Dutch": ("en", "n", "s"), "Spanish": ("s", "es"),
    "Portuguese": ("s", "es"), "French": ("s", "x"), "Italian": (),
}  # fmt: skip

ITALIAN_PLURALS = {"i": ("o", "e"), "e": ("a",)}

BETWEEN = frozenset(
    "de del della delle dei degli di da do das dos des du la le el los las en".split()
)
"""Words between two nouns that say nothing."""
