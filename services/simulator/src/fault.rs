//! Failures by request: what the outside world does wrong next, once.

use crate::requests::Operation;

/// One failure, used up by the next call it fits. Several are used in the order they were asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Any call: 401, code 190.
    TokenExpired,
    /// Look-up: the media id is not known (any more).
    LookupGone,
    /// Look-up: 500, code 131000.
    LookupFails,
    /// Look-up: no answer.
    LookupHangs,
    /// Look-up: declares more than anybody takes, 150 MB.
    LookupTooLarge,
    /// Download: 404, as for a URL past its five minutes.
    DownloadGone,
    /// Download: 500.
    DownloadFails,
    /// Download: no answer.
    DownloadHangs,
    /// Download: breaks off half way through the bytes it promised.
    DownloadBreaksOff,
    /// Download: the right length, but other bytes than the declared digest says.
    DownloadOtherBytes,
    /// Download: bytes without end (well over the 100 MB that WhatsApp carries), whatever was declared.
    DownloadSwells,
    /// Download: a redirect to another host, which must not get the token.
    DownloadRedirects,
    /// Send: refused at once with this code (131047, 131056, 130429, 131026, 100 …).
    SendRefused(u32),
    /// Send: 500, nothing taken.
    SendFails,
    /// Send: no answer. When `taken`, the message was accepted all the same and its receipts come.
    SendSilent { taken: bool },
    /// The next accepted message ends in a `failed` receipt with this code.
    ReceiptFailed(u32),
    /// The next accepted message gets no receipt at all.
    ReceiptsWithheld,
}

impl Fault {
    /// Whether a call of this kind is the one to fail.
    pub(crate) const fn fits(self, operation: Operation) -> bool {
        match self {
            Self::TokenExpired => !matches!(operation, Operation::Receipt),
            Self::LookupGone | Self::LookupFails | Self::LookupHangs | Self::LookupTooLarge => {
                matches!(operation, Operation::MediaLookup)
            }
            Self::DownloadGone
            | Self::DownloadFails
            | Self::DownloadHangs
            | Self::DownloadBreaksOff
            | Self::DownloadOtherBytes
            | Self::DownloadSwells
            | Self::DownloadRedirects => matches!(operation, Operation::MediaDownload),
            Self::SendRefused(_) | Self::SendFails | Self::SendSilent { .. } => matches!(operation, Operation::Send),
            Self::ReceiptFailed(_) | Self::ReceiptsWithheld => matches!(operation, Operation::Receipt),
        }
    }
}
