# What applicants read, in English. From docs/domain/chat.md; keys and reply ids are fixed in the code, words are here.
#
# Each text is one message; its attributes are its footer and the titles of its buttons, named by their reply id with - for :.
# Limits in characters: body 1024, button 20, row title 24, row description 72, footer 60.
# A line that begins with * must be written {"*"}, because a bare * at a line's start is Fluent's own.

## Parts used by several texts

language-self = English

transit = WhatsApp (Meta) carries this chat and may process it abroad for up to 60 minutes.

in-country = { $country ->
    [AE] in the United Arab Emirates
    [AR] in Argentina
    [AU] in Australia
    [BR] in Brazil
    [CA] in Canada
    [CH] in Switzerland
    [CL] in Chile
    [CO] in Colombia
    [DE] in Germany
    [ES] in Spain
    [FR] in France
    [GB] in the United Kingdom
    [ID] in Indonesia
    [IN] in India
    [IT] in Italy
    [JP] in Japan
    [KE] in Kenya
    [MX] in Mexico
    [NG] in Nigeria
    [NL] in the Netherlands
    [PT] in Portugal
    [SG] in Singapore
    [US] in the United States
    [ZA] in South Africa
   *[other] in the country { $country }
}

# After a comma, where a name is known.
name = { $has_first_name ->
    [yes] , { $first_name }
   *[no] {""}
}

duration = { $wait_hours ->
    [one] { $wait_hours } hour
   *[other] { $wait_hours } hours
}

# After "usually".
wait-within = { $has_wait ->
    [yes] within { duration }
   *[no] by the next working day
}

date = { $day } { $month ->
    [1] Jan
    [2] Feb
    [3] Mar
    [4] Apr
    [5] May
    [6] Jun
    [7] Jul
    [8] Aug
    [9] Sep
    [10] Oct
    [11] Nov
   *[12] Dec
} { $year }

weekday = { $weekday ->
    [1] Mon
    [2] Tue
    [3] Wed
    [4] Thu
    [5] Fri
    [6] Sat
   *[7] Sun
}

list-last = { $first } and { $last }
list-none = nothing yet

side-document_front = { $document_id ->
    [passport] photo page
   *[other] front
}
side-document_back = back
side-selfie = selfie

# The name in the list; .of after "your"; .hint is the row's description.
document-passport = Passport
    .of = passport
    .hint = The page with your photo
document-aadhaar = Aadhaar
    .of = Aadhaar card
    .hint = Your choice. We hide the first 8 digits before saving
document-pan = PAN card
    .of = PAN card
    .hint = The side with your photo
document-voter_id = Voter ID (EPIC)
    .of = voter ID
    .hint = Front and back
document-driving_licence = Driving licence
    .of = driving licence
    .hint = Front and back
document-national_id = { $country ->
        [BR] RG or CIN
       *[other] National ID card
    }
    .of = { $country ->
        [BR] RG or CIN
       *[other] national ID card
    }
    .hint = Front and back
document-residence_permit = { $country ->
        [BR] RNM
       *[other] Residence permit
    }
    .of = { $country ->
        [BR] RNM
       *[other] residence permit
    }
    .hint = For people born abroad
document-none = None of these
    .hint = A person will help you

# A reason after a colon. Silent reasons have no words here, and must never get any.
reason-photo_blurred = the picture is blurred
reason-photo_dark = the picture is too dark
reason-photo_too_bright = the picture is too bright
reason-photo_glare = light hides part of it
reason-photo_too_small = the picture is too small to read
reason-photo_cut_off = a corner is missing
reason-photo_repeated = it is the same picture as before
reason-photo_unsupported = the file is not a picture we can open
reason-photo_too_large = the file is too large
reason-photo_incomplete = the file did not arrive whole
reason-media_gone = WhatsApp no longer has the file
reason-media_altered = the file did not arrive as it was sent
reason-wrong_side = it shows the other side
reason-no_document = no document can be seen
reason-document_unreadable = the document cannot be read
reason-document_expired = the document is no longer valid
reason-document_not_accepted = we cannot take this kind of document
reason-document_damaged = the document is damaged
reason-data_inconsistent = some details do not agree with each other
reason-face_mismatch = the selfie and the photo on the ID do not match
reason-face_not_found = the face cannot be seen clearly
reason-age_below_minimum = this account needs a higher age than the document shows
reason-original_not_present = it looks like a picture of a screen or a copy
reason-applicant_request = you asked us not to go on

## The path

notice =
    Hello, this is { $bank }. To open your account we must check who you are.

    {"*"}We ask for:* a photo of one ID, a selfie, and what we read from them.
    {"*"}Why:* the law asks every bank to know its customers. Not for advertising.
    {"*"}Where:* we keep it { in-country }. { transit }
    {"*"}How long:* { $years } years after the account closes; { $has_years_without_account ->
        [yes] after a decision without one, { $years_without_account } years; if you stop before it, { $days } days.
       *[no] if none is opened, { $days } days.
    }
    {"*"}Your rights:* see it, correct it, take back your consent with STOP, complain to { $contact }.
    Full notice: { $url }

    We never ask for a PIN, OTP, card number or password.
    .footer = HELP: answers or a person · STOP: end
    .consent-accept = I agree
    .consent-decline = No, thanks
    .language-list = Other languages
    .person-ask = Ask a person

language-choose = In which language shall we write?
    .button = Choose

document-choose = Thank you. Which document will you show us? It must be the original and still valid.
    .button = Choose

document-front =
    {"*"}{ $step } of { $total } · { $document_id ->
        [passport] The page of your passport with your photo
       *[other] Front of your { $document_of }
    }*
    Put it on a table near a window, without flash. All four corners in the picture, the letters sharp. Then send the photo here.

document-back =
    The front is clear, thank you. ✅
    {"*"}{ $step } of { $total } · Back of your { $document_of }*
    Same place, same light.

selfie-ask =
    { $step ->
        [2] The photo is clear, thank you. ✅
       *[other] This one is good too. ✅
    }
    {"*"}{ $step } of { $total } · A selfie*
    Face the light, no cap or dark glasses, nobody else in the picture. A headscarf or turban is fine.

    If a selfie is difficult for you, write HELP and a person finds another way.

wait = Got it. One moment, we are looking at the photo.

checking =
    Thank you{ name }. Your application is complete. Reference *{ $ref }*.

    A person at { $bank } now looks at it, usually { wait-within }. We write here as soon as it is decided; you need not wait in the chat. STATUS tells you where it stands.

## Verdicts and the account

verdict-approved = Good news{ name }: your identity check is complete. { $bank } is now opening your account; we write here as soon as you can use it.

verdict-limited =
    Good news{ name }: your identity check is complete and { $bank } is opening your account.

    For now it has limits: { $limits }. A short video call with our officer lifts them; do it by { $limit_until }.
    .button = Video call

verdict-handoff = Your documents are fine{ name }. One step is left: a short video call with an officer of { $bank }. { $country ->
        [IN] Keep your ID, and your PAN card if you have one, at hand.
       *[other] Keep your ID at hand.
    }
    .button = Start video call

verdict-face =
    We could not confirm that the selfie and the ID show the same person, so we cannot open the account in this chat.

    You can come to any branch with the original ID. If you think we are wrong, ask and someone who has not seen your case looks again.
    .person-ask = Look again
    .case-restart = Start again

verdict-neutral = We are not able to open an account for you in this chat. You can come to a branch with your original ID, or write to { $contact } to ask for a review. Reference *{ $ref }*.
    .person-ask = Ask a person

verdict-declined =
    We cannot open the account with what we have: { $reason }.

    You can come to any branch with your original ID, or write to { $contact } if you think we are wrong; someone else then looks again. Reference *{ $ref }*.
    .person-ask = Ask a person
    .case-restart = Start again

under-age = { $has_age ->
        [yes] According to your document you are not yet { $age }. This account needs that age; a branch can tell you about accounts for younger people.
       *[no] According to your document you are younger than this account allows; a branch can tell you about accounts for younger people.
    } What you sent is deleted by { $date }.

account-opened =
    Your account is open{ name }. 🎉{ $has_last4 ->
        [yes] {" "}It ends in *{ $last4 }*.
       *[no] {""}
    }

    You find the full number in the app of { $bank } or at your branch. Never send it, your PIN or an OTP to anyone in a chat, not even to us.

account-delayed = Your identity check is complete, but opening the account takes longer than it should. The fault is on our side; you need not do anything. We write by { $date }. Reference *{ $ref }*.

## A photo that will not do

retake-blurred-1 =
    { $side_id ->
        [selfie] The photo arrived, but the face is blurred.
       *[other] The photo arrived, but the letters are blurred.
    }

    Hold the phone with both hands, wait until the picture is sharp, then press. Please send only the *{ $side }* again.

retake-blurred-2 =
    Sorry, it is still not sharp. WhatsApp makes photos smaller on the way.

    Wipe the lens with a cloth, step back a little, and send the photo with 📎 → *Document* instead of Gallery.
    .person-ask = Ask a person

retake-glare =
    { $side_id ->
        [selfie] Light is shining into the picture and hides part of your face. Turn a little away from the lamp and send the *{ $side }* again.
       *[other] Light is shining on the card and hides part of it. Turn off the flash, tilt the phone a little, and send the *{ $side }* again.
    }

retake-glare-2 =
    { $side_id ->
        [selfie] Part of the face is still too bright to see. Stand in the shade, with the light in front of you, and send the *{ $side }* once more.
       *[other] A bright spot is still in the way. Put the document flat in the shade, away from lamps, and take the photo from straight above. Then send the *{ $side }* once more.
    }
    .person-ask = Ask a person

retake-dark = The photo is too dark to read. Go near a window or under a lamp and send the *{ $side }* again.

retake-dark-2 = Sorry, there is still too little light. Daylight works best: take the photo by day next to a window, or switch on every lamp in the room, and send the *{ $side }* once more.
    .person-ask = Ask a person

retake-too-bright = The photo is too bright and parts of it are white. Step out of direct sun, turn off the flash, and send the *{ $side }* again.

retake-too-small = The picture is too small to read. Please take a new photo with the camera, not a screenshot, and send the *{ $side }* again.

retake-cut-off =
    { $side_id ->
        [selfie] Part of your face is missing. Move the phone back until your whole head is in the picture and send the *{ $side }* again.
       *[other] A corner is missing. Move the phone back until all four corners are in the picture and send the *{ $side }* again.
    }

retake-wrong-side = This is the { $got }, thank you, it is kept. Now turn the card over and send the *{ $side }*.

retake-not-original = This looks like a picture of a screen or a copy. Please photograph the document itself, held or lying in front of you.

retake-no-document = We could not find a document in this photo. Please send the *{ $side }* of your { $document_of }, filling most of the picture.

retake-repeated = This is the same picture as before. Please take a new photo and send the *{ $side }*.

retake-unsupported = We cannot open this kind of file. Please send a photo: take it with the camera in this chat, or choose a JPEG or PNG picture. What we need is the *{ $side }*.

retake-too-large = This file is too large for us. Please send the photo with the camera or from the Gallery instead of as a document. What we need is the *{ $side }*.

retake-incomplete = The photo did not arrive whole, perhaps because the connection broke. Please send the *{ $side }* again.

media-gone = WhatsApp could not give us this photo any more. That is not your fault. Please send the *{ $side }* again.

media-altered = The photo did not reach us as you sent it. That is not your fault. Please send the *{ $side }* again.

retake-no-face = We could not see a face in this picture. Please take a selfie: only *you*, facing a window, your whole face in the picture.

retake-face-1 =
    We could not match this selfie with the photo on your ID. That happens with old photos, caps or poor light.

    Please take a new one: only *you*, facing a window. If you are helping someone, the person on the ID must be in the picture.

retake-again =
    Sorry, it will still not do: { $reason }.

    Please try the *{ $side }* once more. If it does not work, a person helps you.
    .person-ask = Ask a person

retake-person = Let us do this together. A person at { $bank } looks at your photos now and writes here, usually { wait-within }. You need not send anything more for the moment.

face-person = Thank you. A person at { $bank } now compares the pictures and writes here, usually { wait-within }. You need not send anything more.

retake-requested =
    A person at { $bank } has looked at your photos and asks for one new one, the *{ $side }*: { $reason }.

    { $side_id ->
        [selfie] Face a window, nobody else in the picture, and send the new selfie here.
       *[other] Put the document on a table near a window, without flash, all four corners in the picture, and send the new photo here.
    }
    .person-ask = Ask a person

## Ends and beginnings

withdrawn =
    Done. Your application is withdrawn and we will not write again.

    The photos you sent will not be used and are deleted by { $date }{ $exception }. Only the record that you withdrew stays.

    If this was a mistake, write START and we begin anew.

stop-after-decision = Done, we will not write here again. Your account stays as it is; for that, please use { $contact }. Records the law requires are kept until { $date }.

consent-declined = All right. No photo was opened or kept, only your choice. You can come to any branch with your ID, or write START here another day.

restart-ask = Hello again. Your last application ended on { $date }. Shall we begin a new one?
    .case-restart = Yes, begin
    .case-leave = No
    .person-ask = Ask a person

later = All right. Your application *{ $ref }* stays open until { $keep_until }. Send the photo here when you have it; we do not start again from the beginning.

## Small answers

welcome-back = Welcome back. We have: { $have }. { $has_missing ->
        [yes] Still missing: *{ $missing }*. Send it here whenever you are ready.
       *[no] Nothing is missing; we are looking at it.
    }

help = You are opening an account with { $bank }. { $has_missing ->
        [yes] Next: *{ $missing }*. You can send things in any order; STOP ends it at any time.
       *[no] STOP ends it at any time.
    }
    .person-ask = Talk to a person
    .status-show = Where am I?

status-collecting = Application *{ $ref }*: { $done } of { $total } done.{ $has_missing ->
        [yes] {" "}Missing: *{ $missing }*.
       *[no] {""}
    }

status-review = Application *{ $ref }* is complete and with our team since { $since }. An answer usually { $has_wait ->
        [yes] takes { duration }
       *[no] comes by the next working day
    }.

person-coming = A person at { $bank } will answer here, usually { wait-within } ({ $hours }). You can go on sending photos meanwhile.

other-way = No problem. A person at { $bank } will write here and find a way that suits you: another document, a video call or a branch near you. You need not explain why.

not-a-photo = Sorry, this kind of message does not help us here.{ $has_missing ->
        [yes] {" "}What we need now is a photo: *{ $missing }*.
       *[no] {""}
    }

text-kept = Thank you, our team will read this with your application. { $has_missing ->
        [yes] To go on now, please send: *{ $missing }*. HELP brings a person.
       *[no] HELP brings a person.
    }

photo-deleted = You deleted a photo. If it is not to be used, send a new one and it takes its place, or STOP to withdraw everything.

photo-not-needed = Thank you, but application *{ $ref }* is already complete, so this photo is not needed. If a new one is needed, a person asks for it here.

caps-reached = Thank you, we have as many pictures as we can take for one application. A person at { $bank } looks at them and writes here, usually { wait-within }. You need not send anything more.
    .person-ask = Ask a person
