import ArgumentParser
import Carriers
import Foundation

extension SettingsReader {
    /// A secret: from the environment (`MARTLET_SMTP_PASSWORD`), or a file that is named there, in the configuration
    /// or on the command line (`MARTLET_SMTP_PASSWORD_FILE`). Never from the command line itself.
    func secret(_ key: String, _ file: String?) throws -> Secret? {
        if let text = string(key, nil) { return Secret(text) }
        guard let path = string(key + "File", file) else { return nil }
        let text = try content(of: path, "the secret's file")
        return Secret(String(text.drop { $0.isNewline }.prefix { !$0.isNewline }))
    }

    /// The text of a file; `option` is who names it.
    func content(of path: String, _ option: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ValidationError("\(option): \(path) cannot be read")
        }
        return String(decoding: data, as: UTF8.self)
    }
}
