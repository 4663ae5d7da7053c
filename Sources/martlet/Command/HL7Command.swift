import ArgumentParser

/// `martlet hl7`: HL7 v2 messages.
struct HL7Command: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hl7", abstract: "Work with HL7 v2 messages.",
        subcommands: [
            HL7SendCommand.self, HL7ListenCommand.self, HL7ExplainCommand.self, HL7MapCommand.self,
            HL7MessagesCommand.self, HL7ReplayCommand.self, HL7SourceCommand.self, HL7DestinationCommand.self,
            HL7OutboundCommand.self,
        ])
}
