import Carriers
import Logging

/// What carries messages out of the house, made from the settings.
enum MessageCarriers {
    /// By channel: `email`, `sms`.
    ///
    /// Throws `CarrierError` for settings that cannot be used.
    static func make(_ settings: MessageSettings, logger: Logger) throws -> [String: any MessageCarrier] {
        var carriers: [String: any MessageCarrier] = [:]
        switch settings.mail {
        case .server(let configuration):
            let sender = try SMTPSender(configuration, limits: TransferLoop.Limits(active: 8), logger: logger)
            carriers["email"] = SMTPCarrier(sender, from: settings.from)
        case .sink(let folder): carriers["email"] = try MailFolder(folder, from: settings.from)
        case nil: break
        }
        if let webhook = settings.webhook {
            let sender = try HTTPSender(webhook.endpoint, loop: TransferLoop(), logger: logger)
            carriers["sms"] = HTTPCarrier(sender, name: "sms", payload: webhook.payload)
        }
        return carriers
    }

    /// What is said of them at the start.
    static func words(_ settings: MessageSettings) -> String? {
        var words: [String] = []
        switch settings.mail {
        case .server(let server): words.append("mail by \(server.host):\(server.port)")
        case .sink(let folder): words.append("mail into \(folder)")
        case nil: break
        }
        if settings.webhook != nil { words.append("short messages by the provider") }
        return words.isEmpty ? nil : words.joined(separator: ", ")
    }
}
