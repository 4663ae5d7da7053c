import FoundationEssentials

/// Notices as files of mail in a folder, for development and for clinics that send mail by other means.
///
/// A file has the id of its notice, so that one that is sent again takes the place of the first.
package struct MailFolder: MessageCarrier {
    package let name = "folder"
    package let knowsRepeats = true

    private let folder: String
    private let from: MailAddress

    /// - Parameters:
    ///   - folder: a path, made if it is not there.
    ///   - from: who writes.
    ///
    /// Throws `CarrierError.Code.invalid` for a folder that cannot be made.
    package init(_ folder: String, from: MailAddress) throws(CarrierError) {
        self.folder = folder
        self.from = from
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw CarrierError(.invalid, "the folder for mail cannot be made")
        }
    }

    package func send(_ notice: Notice) async throws -> CarrierReceipt {
        let bytes = try Mail(notice, from: from).rendered()
        let path = "\(folder)/\(try notice.checkedID()).eml"
        do {
            // Under another name first, so that nobody reads half a mail.
            try Data(bytes).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw CarrierError(.unreachable, "the mail cannot be written into its folder")
        }
        return CarrierReceipt(status: 250)
    }
}
