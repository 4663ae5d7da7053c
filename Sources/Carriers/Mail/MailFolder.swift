import Glibc

/// Mail that goes into a folder, a file for each, in place of a mail server: for development and tests.
package struct MailFolder: MessageCarrier {
    package let name = "folder"

    private let path: String
    private let from: MailAddress

    /// Makes the folder if there is none. Throws `CarrierError.Code.invalid` where it cannot be written.
    package init(path: String, from: MailAddress) throws(CarrierError) {
        _ = mkdir(path, 0o700)
        guard access(path, W_OK | X_OK) == 0 else {
            throw CarrierError(.invalid, "the folder for mail cannot be written")
        }
        self.path = path
        self.from = from
    }

    /// Written under another name first, so that whoever looks for `.eml` files finds whole ones.
    package func send(_ notice: Notice) async throws -> CarrierReceipt {
        let id = try notice.checkedID()
        let mail = Mail(
            from: from, to: [try MailAddress(notice.recipient)], subject: notice.subject, text: notice.text,
            dateSeconds: notice.createdSeconds)
        let bytes = try mail.rendered()
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let moment = String(Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
        let final = "\(path)/\(moment)-\(id).eml"
        let draft = "\(path)/.\(moment)-\(id)"
        let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw CarrierError(.unreachable, "the folder for mail cannot be written") }
        let isWritten = write(file, bytes, bytes.count) == bytes.count
        close(file)
        guard isWritten, rename(draft, final) == 0 else {
            unlink(draft)
            throw CarrierError(.interrupted, "a mail could not be written")
        }
        return CarrierReceipt(status: 250)
    }
}
