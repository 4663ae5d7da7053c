import Clinic
import FHIRFormats
import FHIRStore
import JSONTape

/// Looks at everything again before a message goes out.
struct MessageReview {
    private let transaction: StoreTransaction
    private let now: Instant

    init(_ transaction: StoreTransaction) {
        self.transaction = transaction
        now = transaction.store.clock()
    }

    /// The messages with what is to be sent and where to, and those that are not to be sent.
    func look(
        at messages: [DueMessage]
    ) async throws -> (due: [DueMessage], others: [(message: DueMessage, outcome: MessageOutcome)]) {
        let reader = try await MessageReader(messages.flatMap { [$0.appointment, $0.source] }, in: transaction)
        let messages = messages.map { message in
            var message = message
            // Merges of patients change it.
            let recipient = reader[message.source]?["recipient"]?.items.first?["reference"]?.string
            if let recipient { message.recipient = recipient }
            return message
        }
        let people = try await MessageReader(messages.compactMap { LocalReference($0.recipient) }, in: transaction)
        var due: [DueMessage] = []
        var others: [(message: DueMessage, outcome: MessageOutcome)] = []
        for message in messages {
            var message = message
            if let outcome = review(&message, reader, people) {
                others.append((message, outcome))
            } else {
                due.append(message)
            }
        }
        return (due, others)
    }

    /// Nil if it is to be sent: the appointment is still booked for that time, the request stands, and the recipient
    /// may be told.
    private func review(
        _ message: inout DueMessage, _ reader: MessageReader, _ people: MessageReader
    ) -> MessageOutcome? {
        guard let source = reader[message.source], let person = people[LocalReference(message.recipient)],
            MessageRecipient.may(person, receive: message.isReminder ? .reminder : .notice),
            let address = MessageRecipient.address(of: person, message.channel)
        else { return .dropped("there is nobody to be told") }
        let status = source["status"]?.string
        if message.isReminder {
            guard let appointment = reader[message.appointment], appointment["status"]?.string == "booked",
                appointment["start"]?.string.flatMap({ BookingTime($0) })?.instant == message.time,
                status == "active"
            else { return .dropped("there is nothing to be reminded of") }
        } else if status != "preparation", status != "in-progress" {
            return .dropped("it was taken back")
        }
        if message.end <= now {
            return message.attempts > 1 ? .failed("it could not be sent in time") : .dropped("its time has passed")
        }
        message.address = address
        message.text = source["payload"]?.items.first?["contentString"]?.string ?? ""
        return nil
    }
}
