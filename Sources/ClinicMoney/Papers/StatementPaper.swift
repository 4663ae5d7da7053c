import Clinic
import FHIRFormats

/// A statement of account, as it is handed out.
struct StatementPaper: Sendable {
    let account: StoredResource
    let movements: [AccountBook.Movement]
    let time: Instant

    /// What is owed after each movement, in its currency.
    var balances: [Amount] {
        var sums: [Currency: Int] = [:]
        return movements.map { movement in
            sums[movement.amount.currency, default: 0] += movement.amount.minor
            return Amount(sums[movement.amount.currency] ?? 0, movement.amount.currency)
        }
    }

    /// What is owed at the end, per currency.
    var totals: [Amount] {
        var sums: [Currency: Int] = [:]
        for movement in movements { sums[movement.amount.currency, default: 0] += movement.amount.minor }
        return sums.sorted { $0.key.code < $1.key.code }.map { Amount($0.value, $0.key) }
    }

    /// RFC 4180.
    var csv: [UInt8] {
        var lines = ["date,kind,number,amount,currency,balance"]
        for (movement, balance) in zip(movements, balances) {
            let amount = movement.amount
            lines.append(
                [movement.time.text, movement.kind, movement.number, amount.text, amount.currency.code, balance.text]
                    .joined(separator: ","))
        }
        for total in totals { lines.append("\(time.text),balance,,,\(total.currency.code),\(total.text)") }
        return Array((lines.joined(separator: "\r\n") + "\r\n").utf8)
    }
}
