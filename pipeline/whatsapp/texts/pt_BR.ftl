# What applicants read, in Brazilian Portuguese. From docs/domain/chat.md; to be read once by a native speaker of the bank.
#
# Each text is one message; its attributes are its footer and the titles of its buttons, named by their reply id with - for :.
# Limits in characters: body 1024, button 20, row title 24, row description 72, footer 60.
# A line that begins with * must be written {"*"}, because a bare * at a line's start is Fluent's own.

## Parts used by several texts

language-self = Português

transit = O WhatsApp (Meta) transporta esta conversa e pode processá-la no exterior por até 60 minutos.

in-country = { $country ->
    [AE] nos Emirados Árabes Unidos
    [AR] na Argentina
    [AU] na Austrália
    [BR] no Brasil
    [CA] no Canadá
    [CH] na Suíça
    [CL] no Chile
    [CO] na Colômbia
    [DE] na Alemanha
    [ES] na Espanha
    [FR] na França
    [GB] no Reino Unido
    [ID] na Indonésia
    [IN] na Índia
    [IT] na Itália
    [JP] no Japão
    [KE] no Quênia
    [MX] no México
    [NG] na Nigéria
    [NL] nos Países Baixos
    [PT] em Portugal
    [SG] em Singapura
    [US] nos Estados Unidos
    [ZA] na África do Sul
   *[other] no país { $country }
}

# After a comma, where a name is known.
name = { $has_first_name ->
    [yes] , { $first_name }
   *[no] {""}
}

duration = { $wait_hours ->
    [one] { $wait_hours } hora
   *[other] { $wait_hours } horas
}

# After "em geral".
wait-within = { $has_wait ->
    [yes] em até { duration }
   *[no] até o próximo dia útil
}

date = { $day } de { $month ->
    [1] janeiro
    [2] fevereiro
    [3] março
    [4] abril
    [5] maio
    [6] junho
    [7] julho
    [8] agosto
    [9] setembro
    [10] outubro
    [11] novembro
   *[12] dezembro
} de { $year }

weekday = { $weekday ->
    [1] seg
    [2] ter
    [3] qua
    [4] qui
    [5] sex
    [6] sáb
   *[7] dom
}

list-last = { $first } e { $last }
list-none = nada ainda

# With its article: "envie *a frente*", "recebemos o verso".
side-document_front = { $document_id ->
    [passport] a página da foto
   *[other] a frente
}
side-document_back = o verso
side-selfie = a selfie

# The name in the list; .of after "frente", with its article; .hint is the row's description.
document-passport = Passaporte
    .of = do passaporte
    .hint = Página com a sua foto
document-aadhaar = Aadhaar
    .of = do Aadhaar
    .hint = Você escolhe. Ocultamos os 8 primeiros dígitos antes de guardar
document-pan = Cartão PAN
    .of = do cartão PAN
    .hint = O lado com a sua foto
document-voter_id = Título de eleitor
    .of = do título de eleitor
    .hint = Frente e verso
document-driving_licence = { $country ->
        [BR] CNH
       *[other] Carteira de motorista
    }
    .of = { $country ->
        [BR] da CNH
       *[other] da carteira de motorista
    }
    .hint = { $country ->
        [BR] Aberta e fora do plástico
       *[other] Frente e verso
    }
document-national_id = { $country ->
        [BR] RG ou CIN
       *[other] Carteira de identidade
    }
    .of = { $country ->
        [BR] do RG ou CIN
       *[other] da carteira de identidade
    }
    .hint = Frente e verso
document-residence_permit = { $country ->
        [BR] RNM
       *[other] Autorização de moradia
    }
    .of = { $country ->
        [BR] do RNM
       *[other] da autorização de moradia
    }
    .hint = { $country ->
        [BR] Para quem nasceu fora do Brasil
       *[other] Para quem nasceu em outro país
    }
document-none = Nenhum destes
    .hint = Uma pessoa vai ajudar você

# A reason after a colon. Silent reasons have no words here, and must never get any.
reason-photo_blurred = a imagem está borrada
reason-photo_dark = a imagem está escura
reason-photo_too_bright = a imagem está clara demais
reason-photo_glare = um reflexo cobre parte dela
reason-photo_too_small = a imagem é pequena demais para ler
reason-photo_cut_off = falta um canto
reason-photo_repeated = é a mesma imagem de antes
reason-photo_unsupported = o arquivo não é uma imagem que possamos abrir
reason-photo_too_large = o arquivo é grande demais
reason-photo_incomplete = o arquivo não chegou inteiro
reason-media_gone = o WhatsApp não tem mais o arquivo
reason-media_altered = o arquivo não chegou como foi enviado
reason-wrong_side = a foto mostra o outro lado
reason-no_document = não aparece nenhum documento
reason-document_unreadable = não é possível ler o documento
reason-document_expired = o documento não está mais válido
reason-document_not_accepted = não podemos aceitar este tipo de documento
reason-document_damaged = o documento está danificado
reason-data_inconsistent = alguns dados não combinam entre si
reason-face_mismatch = a selfie e a foto do documento não combinam
reason-face_not_found = o rosto não aparece com clareza
reason-age_below_minimum = esta conta exige uma idade maior que a do documento
reason-original_not_present = parece foto de uma tela ou de uma cópia
reason-applicant_request = você pediu para não continuar

## The path

notice =
    Olá, você está falando com { $bank }. Para abrir sua conta, precisamos confirmar quem você é.

    {"*"}O que pedimos:* foto de um documento, uma selfie e os dados lidos neles.
    {"*"}Por quê:* a lei pede que todo banco conheça seus clientes. Não é para propaganda.
    {"*"}Onde:* guardamos { in-country }. { transit }
    {"*"}Por quanto tempo:* { $years } anos após o fim da conta; { $has_years_without_account ->
        [yes] após uma decisão sem conta, { $years_without_account } anos; se você parar antes, { $days } dias.
       *[no] se ela não for aberta, { $days } dias.
    }
    {"*"}Seus direitos:* ver, corrigir, retirar o consentimento com PARAR, reclamar em { $contact }.
    Aviso completo: { $url }

    Nunca pedimos senha, código recebido por SMS nem número de cartão.
    .footer = AJUDA: dúvidas ou uma pessoa · PARAR: encerrar
    .consent-accept = Concordo
    .consent-decline = Agora não
    .language-list = Outros idiomas
    .person-ask = Falar com alguém

language-choose = Em que idioma vamos conversar?
    .button = Escolher

document-choose = Certo. Qual documento você vai mostrar? Precisa ser o original e estar válido.
    .button = Escolher

document-front =
    {"*"}{ $step } de { $total } · { $document_id ->
        [passport] Página do passaporte com a sua foto
       *[other] Frente { $document_of }
    }*
    Coloque sobre a mesa, perto de uma janela, sem flash. Os quatro cantos na foto e as letras nítidas. Depois envie a foto aqui.

document-back =
    A frente ficou nítida, obrigado. ✅
    {"*"}{ $step } de { $total } · Verso { $document_of }*
    Mesmo lugar, mesma luz.

selfie-ask =
    { $step ->
        [2] A foto ficou nítida, obrigado. ✅
       *[other] Esta também ficou boa. ✅
    }
    {"*"}{ $step } de { $total } · Selfie*
    Rosto virado para a luz, sem boné nem óculos escuros, só você na foto. Véu ou turbante pode.

    Se a selfie for difícil para você, escreva AJUDA e uma pessoa encontra outro jeito.

wait = Recebemos. Um momento, estamos olhando a foto.

checking =
    Obrigado{ name }. Seu pedido está completo. Referência *{ $ref }*.

    Agora uma pessoa de { $bank } confere tudo, em geral { wait-within }. Avisamos aqui assim que houver resposta; não precisa ficar na conversa. Escreva STATUS quando quiser saber.

## Verdicts and the account

verdict-approved = Boa notícia{ name }: sua identidade está confirmada. { $bank } está abrindo sua conta; avisamos aqui assim que você puder usá-la.

verdict-limited =
    Boa notícia{ name }: sua identidade está confirmada e { $bank } está abrindo sua conta.

    Por enquanto ela tem limites: { $limits }. Uma videochamada curta com nossa equipe retira os limites; faça até { $limit_until }.
    .button = Videochamada

verdict-handoff = Seus documentos estão em ordem{ name }. Falta um passo: uma videochamada curta com a equipe de { $bank }. Tenha o documento à mão.
    .button = Iniciar chamada

verdict-face =
    Não conseguimos confirmar que a selfie e o documento são da mesma pessoa, por isso não podemos abrir a conta nesta conversa.

    Você pode ir a qualquer agência com o documento original. Se achar que erramos, peça e outra pessoa olha de novo.
    .person-ask = Olhar de novo
    .case-restart = Começar de novo

verdict-neutral = Não podemos abrir uma conta para você nesta conversa. Você pode ir a uma agência com o documento original ou pedir revisão em { $contact }. Referência *{ $ref }*.
    .person-ask = Falar com alguém

verdict-declined =
    Não podemos abrir a conta com o que recebemos: { $reason }.

    Você pode ir a qualquer agência com o documento original. Se achar que erramos, escreva para { $contact } e outra pessoa olha de novo. Referência *{ $ref }*.
    .person-ask = Falar com alguém
    .case-restart = Começar de novo

under-age = { $has_age ->
        [yes] Pelo documento, você ainda não tem { $age } anos, e esta conta exige essa idade; na agência há contas para mais jovens.
       *[no] Pelo documento, você ainda não tem a idade que esta conta exige; na agência há contas para mais jovens.
    } O que você enviou será apagado até { $date }.

account-opened =
    Sua conta está aberta{ name }. 🎉{ $has_last4 ->
        [yes] {" "}Final *{ $last4 }*.
       *[no] {""}
    }

    O número completo está no aplicativo de { $bank } ou na agência. Nunca envie esse número, senha ou código a ninguém por mensagem, nem a nós.

account-delayed = Sua identidade está confirmada, mas a abertura da conta está demorando mais que o normal. A falha é nossa; você não precisa fazer nada. Escrevemos até { $date }. Referência *{ $ref }*.

## A photo that will not do

retake-blurred-1 =
    { $side_id ->
        [selfie] A foto chegou, mas o rosto saiu borrado.
       *[other] A foto chegou, mas as letras saíram borradas.
    }

    Segure o celular com as duas mãos, espere a imagem ficar nítida e só então tire. Envie de novo só { $side_id ->
        [document_back] o *verso*
        [selfie] a *selfie*
       *[other] { $document_id ->
            [passport] a *página da foto*
           *[other] a *frente*
        }
    }, por favor.

retake-blurred-2 =
    Desculpe, ainda não está nítida. O WhatsApp diminui as fotos no envio.

    Limpe a lente com um pano, afaste um pouco o celular e envie por 📎 → *Documento*, não pela Galeria.
    .person-ask = Falar com alguém

retake-glare =
    { $side_id ->
        [selfie] A luz está entrando na imagem e esconde parte do rosto. Afaste-se um pouco da lâmpada e envie *{ $side }* de novo.
       *[other] Um reflexo está cobrindo parte do documento. Desligue o flash, incline um pouco o celular e envie *{ $side }* de novo.
    }

retake-glare-2 =
    { $side_id ->
        [selfie] Parte do rosto ainda está clara demais. Fique na sombra, com a luz à sua frente, e envie *{ $side }* mais uma vez.
       *[other] Ainda há um brilho no caminho. Deixe o documento reto na sombra, longe de lâmpadas, e fotografe bem de cima. Depois envie *{ $side }* mais uma vez.
    }
    .person-ask = Falar com alguém

retake-dark = A foto está escura demais para ler. Vá para perto de uma janela ou lâmpada e envie *{ $side }* de novo.

retake-dark-2 = Desculpe, ainda há pouca luz. A luz do dia é a melhor: tire a foto de dia ao lado de uma janela, ou acenda todas as lâmpadas, e envie *{ $side }* mais uma vez.
    .person-ask = Falar com alguém

retake-too-bright = A foto está clara demais e partes dela ficaram brancas. Saia do sol direto, desligue o flash e envie *{ $side }* de novo.

retake-too-small = A imagem é pequena demais para ler. Tire uma foto nova com a câmera, sem captura de tela, e envie *{ $side }* de novo.

retake-cut-off =
    { $side_id ->
        [selfie] Faltou parte do rosto. Afaste o celular até a cabeça inteira aparecer e envie *{ $side }* de novo.
       *[other] Faltou um canto. Afaste o celular até os quatro cantos aparecerem e envie *{ $side }* de novo.
    }

retake-wrong-side = Recebemos { $got }, obrigado, já guardamos. Agora vire o documento e envie *{ $side }*.

retake-not-original = Parece foto de uma tela ou de uma cópia. Fotografe o próprio documento, à sua frente.

retake-no-document = Não achamos um documento nesta foto. Envie *{ $side }* ({ $document }) ocupando quase toda a imagem.

retake-repeated = Esta é a mesma imagem de antes. Tire uma foto nova e envie *{ $side }*.

retake-unsupported = Não conseguimos abrir este tipo de arquivo. Envie uma foto: tire com a câmera nesta conversa ou escolha uma imagem JPEG ou PNG. Precisamos de uma foto: *{ $side }*.

retake-too-large = Este arquivo é grande demais para nós. Envie a foto pela câmera ou pela Galeria, não como documento. Precisamos de uma foto: *{ $side }*.

retake-incomplete = A foto não chegou inteira, talvez porque a conexão caiu. Envie *{ $side }* de novo, por favor.

media-gone = O WhatsApp não conseguiu mais nos entregar esta foto. A culpa não é sua. Envie *{ $side }* de novo, por favor.

media-altered = A foto não chegou até nós como você enviou. A culpa não é sua. Envie *{ $side }* de novo, por favor.

retake-no-face = Não vimos um rosto nesta foto. Tire uma selfie, por favor: só *você*, de frente para uma janela, com o rosto inteiro na imagem.

retake-face-1 =
    Não conseguimos comparar esta selfie com a foto do documento. Acontece com foto antiga, boné ou pouca luz.

    Tire outra, por favor: só *você*, de frente para uma janela. Se está ajudando alguém, quem deve aparecer é a pessoa do documento.

retake-again =
    Desculpe, ainda não serve: { $reason }.

    Envie *{ $side }* mais uma vez, por favor. Se não der certo, uma pessoa ajuda você.
    .person-ask = Falar com alguém

retake-person = Vamos resolver juntos. Uma pessoa de { $bank } vai olhar suas fotos e escrever aqui, em geral { wait-within }. Por enquanto, não precisa enviar mais nada.

face-person = Obrigado. Agora uma pessoa de { $bank } compara as fotos e escreve aqui, em geral { wait-within }. Não precisa enviar mais nada.

retake-requested =
    Uma pessoa de { $bank } olhou suas fotos e pede uma nova, *{ $side }*: { $reason }.

    { $side_id ->
        [selfie] Fique de frente para uma janela, só você na foto, e envie a nova selfie aqui.
       *[other] Coloque o documento sobre a mesa, perto de uma janela, sem flash, com os quatro cantos na foto, e envie a nova foto aqui.
    }
    .person-ask = Falar com alguém

## Ends and beginnings

withdrawn =
    Pronto. Seu pedido foi cancelado e não vamos mais escrever.

    As fotos enviadas não serão usadas e serão apagadas até { $date }{ $exception }. Fica só o registro de que você retirou o consentimento.

    Se foi engano, escreva COMEÇAR e recomeçamos do zero.

stop-after-decision = Pronto, não vamos mais escrever aqui. Sua conta continua como está; para tratar dela, use { $contact }. Os registros exigidos por lei ficam guardados até { $date }.

consent-declined = Tudo bem. Nenhuma foto foi aberta nem guardada, só a sua escolha. Você pode ir a uma agência com o documento ou escrever COMEÇAR outro dia.

restart-ask = Olá de novo. Seu último pedido terminou em { $date }. Vamos começar outro?
    .case-restart = Sim, começar
    .case-leave = Não
    .person-ask = Falar com alguém

later = Tudo bem. Seu pedido *{ $ref }* fica aberto até { $keep_until }. Envie a foto aqui quando tiver; não precisa começar de novo.

## Small answers

welcome-back = Que bom ver você de volta. Já temos: { $have }. { $has_missing ->
        [yes] Falta: *{ $missing }*. Envie aqui quando puder.
       *[no] Não falta nada; estamos olhando tudo.
    }

help = Você está abrindo uma conta em { $bank }. { $has_missing ->
        [yes] Próximo passo: *{ $missing }*. Pode enviar em qualquer ordem; PARAR encerra a qualquer momento.
       *[no] PARAR encerra a qualquer momento.
    }
    .person-ask = Falar com alguém
    .status-show = Onde estou?

status-collecting = Pedido *{ $ref }*: { $done } de { $total } prontos.{ $has_missing ->
        [yes] {" "}Falta: *{ $missing }*.
       *[no] {""}
    }

status-review = O pedido *{ $ref }* está completo e com nossa equipe desde { $since }. A resposta costuma { $has_wait ->
        [yes] levar { duration }
       *[no] chegar até o próximo dia útil
    }.

person-coming = Uma pessoa de { $bank } vai responder aqui, em geral { wait-within } ({ $hours }). Enquanto isso, pode continuar enviando as fotos.

other-way = Sem problema. Uma pessoa de { $bank } vai escrever aqui e achar um jeito bom para você: outro documento, videochamada ou agência próxima. Não precisa explicar o motivo.

not-a-photo = Desculpe, esse tipo de mensagem não nos ajuda aqui.{ $has_missing ->
        [yes] {" "}Agora precisamos de uma foto: *{ $missing }*.
       *[no] {""}
    }

text-kept = Obrigado, nossa equipe vai ler isso junto com o pedido. { $has_missing ->
        [yes] Para continuar, envie: *{ $missing }*. AJUDA chama uma pessoa.
       *[no] AJUDA chama uma pessoa.
    }

photo-deleted = Você apagou uma foto. Se ela não deve ser usada, envie outra e ela toma o lugar; para retirar tudo, escreva PARAR.

photo-not-needed = Obrigado, mas o pedido *{ $ref }* já está completo, por isso esta foto não é necessária. Se for preciso uma nova, uma pessoa pede aqui.

caps-reached = Obrigado, já temos todas as imagens que podemos receber em um pedido. Uma pessoa de { $bank } olha as fotos e escreve aqui, em geral { wait-within }. Não precisa enviar mais nada.
    .person-ask = Falar com alguém
