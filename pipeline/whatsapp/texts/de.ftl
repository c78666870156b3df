# What applicants read, in German, addressed as "Sie". After docs/domain/chat.md; to be read once by a native speaker of the bank.
#
# Each text is one message; its attributes are its footer and the titles of its buttons, named by their reply id with - for :.
# Limits in characters: body 1024, button 20, row title 24, row description 72, footer 60.
# A line that begins with * must be written {"*"}, because a bare * at a line's start is Fluent's own.

## Parts used by several texts

language-self = Deutsch

transit = WhatsApp (Meta) überträgt diesen Chat und kann ihn bis zu 60 Minuten im Ausland verarbeiten.

in-country = { $country ->
    [AE] in den Vereinigten Arabischen Emiraten
    [AR] in Argentinien
    [AU] in Australien
    [BR] in Brasilien
    [CA] in Kanada
    [CH] in der Schweiz
    [CL] in Chile
    [CO] in Kolumbien
    [DE] in Deutschland
    [ES] in Spanien
    [FR] in Frankreich
    [GB] im Vereinigten Königreich
    [ID] in Indonesien
    [IN] in Indien
    [IT] in Italien
    [JP] in Japan
    [KE] in Kenia
    [MX] in Mexiko
    [NG] in Nigeria
    [NL] in den Niederlanden
    [PT] in Portugal
    [SG] in Singapur
    [US] in den Vereinigten Staaten
    [ZA] in Südafrika
   *[other] im Land { $country }
}

# After a comma, where a name is known.
name = { $has_first_name ->
    [yes] , { $first_name }
   *[no] {""}
}

duration = { $wait_hours ->
    [one] { $wait_hours } Stunde
   *[other] { $wait_hours } Stunden
}

# After "meist".
wait-within = { $has_wait ->
    [yes] innerhalb von { duration }
   *[no] bis zum nächsten Werktag
}

# After "am" or "bis zum".
date = { $day }. { $month ->
    [1] Januar
    [2] Februar
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] August
    [9] September
    [10] Oktober
    [11] November
   *[12] Dezember
} { $year }

weekday = { $weekday ->
    [1] Mo
    [2] Di
    [3] Mi
    [4] Do
    [5] Fr
    [6] Sa
   *[7] So
}

list-last = { $first } und { $last }
list-none = noch nichts

# With its article, the same as subject and object: "senden Sie *die Vorderseite*", "es fehlt das Selfie".
side-document_front = { $document_id ->
    [passport] die Fotoseite
   *[other] die Vorderseite
}
side-document_back = die Rückseite
side-selfie = das Selfie

# The name in the list; .of in the genitive, after "Vorderseite"; .hint is the row's description.
document-passport = Reisepass
    .of = Ihres Reisepasses
    .hint = Die Seite mit Ihrem Foto
document-aadhaar = Aadhaar
    .of = Ihrer Aadhaar-Karte
    .hint = Freiwillig. Die ersten 8 Ziffern verdecken wir vor dem Speichern
document-pan = PAN-Karte
    .of = Ihrer PAN-Karte
    .hint = Die Seite mit Ihrem Foto
document-voter_id = Wählerausweis
    .of = Ihres Wählerausweises
    .hint = Vorder- und Rückseite
document-driving_licence = Führerschein
    .of = Ihres Führerscheins
    .hint = Vorder- und Rückseite
document-national_id = Personalausweis
    .of = Ihres Personalausweises
    .hint = Vorder- und Rückseite
document-residence_permit = Aufenthaltstitel
    .of = Ihres Aufenthaltstitels
    .hint = Vorder- und Rückseite der Karte
document-none = Nichts davon
    .hint = Jemand aus unserem Team hilft Ihnen

# A reason after a colon. Silent reasons have no words here, and must never get any.
reason-photo_blurred = das Bild ist unscharf
reason-photo_dark = das Bild ist zu dunkel
reason-photo_too_bright = das Bild ist zu hell
reason-photo_glare = eine Spiegelung verdeckt einen Teil
reason-photo_too_small = das Bild ist zum Lesen zu klein
reason-photo_cut_off = eine Ecke fehlt
reason-photo_repeated = es ist dasselbe Bild wie vorher
reason-photo_unsupported = die Datei ist kein Bild, das wir öffnen können
reason-photo_too_large = die Datei ist zu groß
reason-photo_incomplete = die Datei kam nicht vollständig an
reason-media_gone = WhatsApp hat die Datei nicht mehr
reason-media_altered = die Datei kam nicht so an, wie sie gesendet wurde
reason-wrong_side = es zeigt die andere Seite
reason-no_document = es ist kein Dokument zu sehen
reason-document_unreadable = das Dokument ist nicht lesbar
reason-document_expired = das Dokument ist nicht mehr gültig
reason-document_not_accepted = diese Art von Dokument können wir nicht annehmen
reason-document_damaged = das Dokument ist beschädigt
reason-data_inconsistent = einige Angaben passen nicht zusammen
reason-face_mismatch = Selfie und Ausweisfoto passen nicht zusammen
reason-face_not_found = das Gesicht ist nicht deutlich zu sehen
reason-age_below_minimum = dieses Konto verlangt ein höheres Alter, als das Dokument zeigt
reason-original_not_present = es sieht nach dem Foto eines Bildschirms oder einer Kopie aus
reason-applicant_request = Sie haben uns gebeten, nicht weiterzumachen

## The path

notice =
    Guten Tag, hier ist { $bank }. Für Ihr Konto müssen wir prüfen, wer Sie sind.

    {"*"}Wir bitten um:* ein Foto Ihres Ausweises, ein Selfie und die Angaben, die wir daraus lesen.
    {"*"}Warum:* Das Gesetz verlangt, dass jede Bank ihre Kunden kennt. Nicht für Werbung.
    {"*"}Wo:* Wir speichern alles { in-country }. { transit }
    {"*"}Wie lange:* { $years } Jahre nach dem Ende des Kontos; { $has_years_without_account ->
        [yes] nach einer Entscheidung ohne Konto { $years_without_account } Jahre; hören Sie vorher auf, { $days } Tage.
       *[no] wird keines eröffnet, { $days } Tage.
    }
    {"*"}Ihre Rechte:* einsehen, berichtigen, die Einwilligung mit STOPP widerrufen, Beschwerde bei { $contact }.
    Vollständiger Hinweis: { $url }

    Nach PIN, TAN, Kartennummer oder Passwort fragen wir nie.
    .footer = HILFE: Fragen oder ein Mensch · STOPP: beenden
    .consent-accept = Ich stimme zu
    .consent-decline = Nein, danke
    .language-list = Andere Sprachen
    .person-ask = Mit jemandem reden

language-choose = In welcher Sprache sollen wir schreiben?
    .button = Auswählen

document-choose = Danke. Welches Dokument möchten Sie zeigen? Es muss das Original und noch gültig sein.
    .button = Auswählen

document-front =
    {"*"}{ $step } von { $total } · { $document_id ->
        [passport] Die Seite Ihres Reisepasses mit Ihrem Foto
       *[other] Vorderseite { $document_of }
    }*
    Legen Sie das Dokument auf einen Tisch am Fenster, ohne Blitz. Alle vier Ecken im Bild, die Schrift scharf. Senden Sie das Foto dann hier.

document-back =
    Die Vorderseite ist gut zu lesen, danke. ✅
    {"*"}{ $step } von { $total } · Rückseite { $document_of }*
    Gleicher Platz, gleiches Licht.

selfie-ask =
    { $step ->
        [2] Das Foto ist gut zu lesen, danke. ✅
       *[other] Auch dieses ist gut. ✅
    }
    {"*"}{ $step } von { $total } · Ein Selfie*
    Gesicht zum Licht, ohne Mütze und Sonnenbrille, niemand sonst im Bild. Kopftuch oder Turban sind in Ordnung.

    Wenn ein Selfie für Sie schwierig ist, schreiben Sie HILFE, und wir finden gemeinsam einen anderen Weg.

wait = Angekommen. Einen Moment, wir sehen uns das Foto an.

checking =
    Vielen Dank{ name }. Ihr Antrag ist vollständig. Kennzeichen *{ $ref }*.

    Jetzt sieht ihn sich jemand von { $bank } an, meist { wait-within }. Sobald entschieden ist, schreiben wir hier; Sie müssen nicht im Chat warten. Mit STATUS erfahren Sie den Stand.

## Verdicts and the account

verdict-approved = Gute Nachricht{ name }: Ihre Identität ist bestätigt. { $bank } eröffnet jetzt Ihr Konto; wir schreiben hier, sobald Sie es nutzen können.

verdict-limited =
    Gute Nachricht{ name }: Ihre Identität ist bestätigt, und { $bank } eröffnet Ihr Konto.

    Vorerst gelten Grenzen: { $limits }. Ein kurzes Videogespräch mit unserem Team hebt sie auf; bitte bis zum { $limit_until }.
    .button = Videogespräch

verdict-handoff = Danke{ name }, Ihre Unterlagen sind angekommen und angesehen. Ein Schritt fehlt noch: ein kurzes Videogespräch mit { $bank }. Bitte halten Sie Ihren Ausweis bereit.
    .button = Gespräch beginnen

verdict-face =
    Wir konnten nicht bestätigen, dass Selfie und Ausweis dieselbe Person zeigen. Deshalb können wir das Konto in diesem Chat nicht eröffnen.

    Sie können mit dem Original in jede Filiale kommen. Wenn Sie meinen, dass wir uns irren, sieht auf Wunsch jemand anderes noch einmal nach.
    .person-ask = Noch einmal prüfen
    .case-restart = Neu beginnen

verdict-neutral = Wir können in diesem Chat kein Konto für Sie eröffnen. Sie können mit dem Original Ihres Ausweises in eine Filiale kommen oder unter { $contact } um eine Überprüfung bitten. Kennzeichen *{ $ref }*.
    .person-ask = Mit jemandem reden

verdict-declined =
    Mit dem, was uns vorliegt, können wir das Konto nicht eröffnen: { $reason }.

    Sie können mit dem Original in jede Filiale kommen. Wenn Sie meinen, dass wir uns irren, schreiben Sie an { $contact }; dann sieht jemand anderes nach. Kennzeichen *{ $ref }*.
    .person-ask = Mit jemandem reden
    .case-restart = Neu beginnen

under-age = { $has_age ->
        [yes] Nach Ihrem Dokument sind Sie noch nicht { $age } Jahre alt. Dieses Konto setzt das voraus; in der Filiale erfahren Sie mehr über Konten für Jüngere.
       *[no] Nach Ihrem Dokument sind Sie jünger, als dieses Konto es zulässt; in der Filiale erfahren Sie mehr über Konten für Jüngere.
    } Was Sie gesendet haben, wird bis zum { $date } gelöscht.

account-opened =
    Ihr Konto ist eröffnet{ name }. 🎉{ $has_last4 ->
        [yes] {" "}Es endet auf *{ $last4 }*.
       *[no] {""}
    }

    Die vollständige Nummer finden Sie in der App von { $bank } oder in Ihrer Filiale. Senden Sie sie, Ihre PIN oder eine TAN niemandem im Chat, auch uns nicht.

account-delayed = Ihre Identität ist bestätigt, aber die Eröffnung des Kontos dauert länger als üblich. Das liegt an uns; Sie müssen nichts tun. Wir schreiben bis zum { $date }. Kennzeichen *{ $ref }*.

## A photo that will not do

retake-blurred-1 =
    { $side_id ->
        [selfie] Das Foto ist da, aber das Gesicht ist unscharf.
       *[other] Das Foto ist da, aber die Schrift ist unscharf.
    }

    Halten Sie das Telefon mit beiden Händen, warten Sie, bis das Bild scharf ist, und lösen Sie erst dann aus. Bitte senden Sie nur *{ $side }* noch einmal.

retake-blurred-2 =
    Leider ist es noch nicht scharf. WhatsApp verkleinert Fotos unterwegs.

    Wischen Sie die Linse mit einem Tuch ab, gehen Sie etwas zurück, und senden Sie das Foto über 📎 → *Dokument* statt über die Galerie.
    .person-ask = Mit jemandem reden

retake-glare =
    { $side_id ->
        [selfie] Licht fällt ins Bild und verdeckt einen Teil Ihres Gesichts. Drehen Sie sich etwas von der Lampe weg, und senden Sie *{ $side }* noch einmal.
       *[other] Licht spiegelt sich auf dem Dokument und verdeckt einen Teil. Schalten Sie den Blitz aus, neigen Sie das Telefon etwas, und senden Sie *{ $side }* noch einmal.
    }

retake-glare-2 =
    { $side_id ->
        [selfie] Ein Teil des Gesichts ist noch zu hell. Stellen Sie sich in den Schatten, mit dem Licht vor Ihnen, und senden Sie *{ $side }* ein weiteres Mal.
       *[other] Eine helle Stelle stört noch. Legen Sie das Dokument flach in den Schatten, weg von Lampen, und fotografieren Sie gerade von oben. Senden Sie *{ $side }* dann ein weiteres Mal.
    }
    .person-ask = Mit jemandem reden

retake-dark = Das Foto ist zum Lesen zu dunkel. Gehen Sie an ein Fenster oder unter eine Lampe, und senden Sie *{ $side }* noch einmal.

retake-dark-2 = Leider ist es noch zu wenig Licht. Am besten ist Tageslicht: Machen Sie das Foto am Tag neben einem Fenster, oder schalten Sie alle Lampen ein, und senden Sie *{ $side }* ein weiteres Mal.
    .person-ask = Mit jemandem reden

retake-too-bright = Das Foto ist zu hell, Teile davon sind weiß. Gehen Sie aus der Sonne, schalten Sie den Blitz aus, und senden Sie *{ $side }* noch einmal.

retake-too-small = Das Bild ist zum Lesen zu klein. Bitte machen Sie mit der Kamera ein neues Foto, kein Bildschirmfoto, und senden Sie *{ $side }* noch einmal.

retake-cut-off =
    { $side_id ->
        [selfie] Ein Teil Ihres Gesichts fehlt. Halten Sie das Telefon weiter weg, bis der ganze Kopf im Bild ist, und senden Sie *{ $side }* noch einmal.
       *[other] Eine Ecke fehlt. Halten Sie das Telefon weiter weg, bis alle vier Ecken im Bild sind, und senden Sie *{ $side }* noch einmal.
    }

retake-wrong-side = Das ist { $got }, danke, wir behalten das Foto. Drehen Sie das Dokument nun um, und senden Sie *{ $side }*.

retake-not-original = Das sieht nach dem Foto eines Bildschirms oder einer Kopie aus. Bitte fotografieren Sie das Dokument selbst, in der Hand oder vor Ihnen auf dem Tisch.

retake-no-document = In diesem Foto haben wir kein Dokument gefunden. Bitte senden Sie *{ $side }* { $document_of }, so groß, dass sie fast das ganze Bild füllt.

retake-repeated = Das ist dasselbe Bild wie vorher. Bitte machen Sie ein neues Foto, und senden Sie *{ $side }*.

retake-unsupported = Diese Art von Datei können wir nicht öffnen. Bitte senden Sie ein Foto: mit der Kamera in diesem Chat aufgenommen, oder ein Bild als JPEG oder PNG. Wir brauchen *{ $side }*.

retake-too-large = Diese Datei ist für uns zu groß. Bitte senden Sie das Foto mit der Kamera oder aus der Galerie, nicht als Dokument. Wir brauchen *{ $side }*.

retake-incomplete = Das Foto kam nicht vollständig an, vielleicht war die Verbindung unterbrochen. Bitte senden Sie *{ $side }* noch einmal.

media-gone = WhatsApp konnte uns dieses Foto nicht mehr geben. Das liegt nicht an Ihnen. Bitte senden Sie *{ $side }* noch einmal.

media-altered = Das Foto kam nicht so bei uns an, wie Sie es gesendet haben. Das liegt nicht an Ihnen. Bitte senden Sie *{ $side }* noch einmal.

retake-no-face = Auf diesem Bild haben wir kein Gesicht erkannt. Bitte machen Sie ein Selfie: nur *Sie*, zum Fenster gewandt, das ganze Gesicht im Bild.

retake-face-1 =
    Wir konnten dieses Selfie nicht mit dem Foto auf Ihrem Ausweis in Einklang bringen. Das kommt bei alten Fotos, Mützen oder schlechtem Licht vor.

    Bitte machen Sie ein neues: nur *Sie*, zum Fenster gewandt. Wenn Sie jemandem helfen, muss die Person vom Ausweis im Bild sein.

retake-again =
    Leider geht es noch nicht: { $reason }.

    Bitte versuchen Sie es noch einmal: *{ $side }*. Wenn es nicht klappt, hilft Ihnen jemand aus unserem Team.
    .person-ask = Mit jemandem reden

retake-person = Das schaffen wir zusammen. Jemand von { $bank } sieht sich Ihre Fotos jetzt an und schreibt hier, meist { wait-within }. Im Moment müssen Sie nichts weiter senden.

face-person = Danke. Jemand von { $bank } vergleicht jetzt die Bilder und schreibt hier, meist { wait-within }. Sie müssen nichts weiter senden.

retake-requested =
    Jemand von { $bank } hat Ihre Fotos angesehen und bittet um ein neues, *{ $side }*: { $reason }.

    { $side_id ->
        [selfie] Wenden Sie sich zu einem Fenster, niemand sonst im Bild, und senden Sie das neue Selfie hier.
       *[other] Legen Sie das Dokument auf einen Tisch am Fenster, ohne Blitz, alle vier Ecken im Bild, und senden Sie das neue Foto hier.
    }
    .person-ask = Mit jemandem reden

## Ends and beginnings

withdrawn =
    Erledigt. Ihr Antrag ist zurückgezogen, und wir schreiben Ihnen nicht mehr.

    Ihre Fotos werden nicht verwendet und bis zum { $date } gelöscht{ $exception }. Es bleibt nur der Vermerk, dass Sie zurückgezogen haben.

    War das ein Versehen, schreiben Sie START, und wir beginnen von vorn.

stop-after-decision = Erledigt, wir schreiben hier nicht mehr. An der Entscheidung ändert das nichts; bei Fragen wenden Sie sich bitte an { $contact }. Was das Gesetz verlangt, bewahren wir bis zum { $date } auf.

consent-declined = In Ordnung. Kein Foto wurde geöffnet oder gespeichert, nur Ihre Antwort. Sie können mit Ihrem Ausweis in jede Filiale kommen oder an einem anderen Tag hier START schreiben.

restart-ask = Guten Tag, schön, dass Sie wieder schreiben. Ihr letzter Antrag endete am { $date }. Sollen wir einen neuen beginnen?
    .case-restart = Ja, beginnen
    .case-leave = Nein
    .person-ask = Mit jemandem reden

later = In Ordnung. Ihr Antrag *{ $ref }* bleibt bis zum { $keep_until } offen. Senden Sie das Foto hier, sobald Sie es haben; wir beginnen nicht von vorn.

## Small answers

welcome-back = Willkommen zurück. Wir haben schon: { $have }. { $has_missing ->
        [yes] Es fehlt noch: *{ $missing }*. Senden Sie es hier, wenn es Ihnen passt.
       *[no] Es fehlt nichts mehr; wir sehen uns alles an.
    }

help = Sie beantragen ein Konto bei { $bank }. { $has_missing ->
        [yes] Als Nächstes: *{ $missing }*. Die Reihenfolge ist gleich; STOPP beendet es jederzeit.
       *[no] STOPP beendet es jederzeit.
    }
    .person-ask = Mit jemandem reden
    .status-show = Wo stehe ich?

status-collecting = Antrag *{ $ref }*: { $done } von { $total } fertig.{ $has_missing ->
        [yes] {" "}Es fehlt noch: *{ $missing }*.
       *[no] {""}
    }

status-review = Antrag *{ $ref }* ist vollständig und seit dem { $since } bei unserem Team. Eine Antwort { $has_wait ->
        [yes] dauert meist { duration }
       *[no] kommt meist bis zum nächsten Werktag
    }.

person-coming = Jemand von { $bank } antwortet Ihnen hier, meist { wait-within } ({ $hours }). Sie können inzwischen weiter Fotos senden.

other-way = Kein Problem. Jemand von { $bank } schreibt Ihnen hier und findet einen Weg, der für Sie passt: ein anderes Dokument, ein Videogespräch oder eine Filiale in Ihrer Nähe. Sie müssen nicht sagen, warum.

not-a-photo = Diese Art von Nachricht hilft uns hier leider nicht weiter.{ $has_missing ->
        [yes] {" "}Was wir jetzt brauchen, ist ein Foto: *{ $missing }*.
       *[no] {""}
    }

text-kept = Danke, unser Team liest das zusammen mit Ihrem Antrag. { $has_missing ->
        [yes] Damit es weitergeht, senden Sie bitte: *{ $missing }*. HILFE holt jemanden dazu.
       *[no] HILFE holt jemanden dazu.
    }

photo-deleted = Sie haben ein Foto gelöscht. Soll es nicht verwendet werden, senden Sie ein neues, das seinen Platz einnimmt; mit STOPP ziehen Sie alles zurück.

photo-not-needed = Danke, aber Antrag *{ $ref }* ist schon vollständig, dieses Foto wird nicht gebraucht. Wenn ein neues nötig ist, fragt hier jemand danach.

caps-reached = Danke, mehr Bilder können wir zu einem Antrag nicht annehmen. Jemand von { $bank } sieht sie sich an und schreibt hier, meist { wait-within }. Sie müssen nichts weiter senden.
    .person-ask = Mit jemandem reden
