import CPrintShims

/// A PDF in the making. Used by one thread, from beginning to end.
final class PDFPen {
    let print: OpaquePointer

    init(_ document: PrintedDocument) throws(PrintError) {
        guard let print = martlet_print_begin(document.paper.width, document.paper.height, document.language) else {
            throw PrintError(.failed, "no memory for a PDF")
        }
        self.print = print
        martlet_print_describe(print, MARTLET_PRINT_TITLE, document.title)
        martlet_print_describe(print, MARTLET_PRINT_AUTHOR, document.letterhead.name)
        martlet_print_describe(print, MARTLET_PRINT_CREATOR, "Martlet")
        martlet_print_describe(print, MARTLET_PRINT_CREATED, Self.instant(document.createdSeconds))
    }

    deinit { martlet_print_free(print) }

    func fill(x: Double, y: Double, width: Double, height: Double, _ ink: Ink) {
        martlet_print_fill(print, x, y, width, height, ink.c)
    }

    func draw(_ code: QRCode, x: Double, y: Double, width: Double) {
        let quietZone = 4
        let module = width / Double(code.sideCount + 2 * quietZone)
        for run in code.darkRuns() {
            martlet_print_add(
                print, x + Double(run.column + quietZone) * module, y + Double(run.row + quietZone) * module,
                Double(run.count) * module, module)
        }
        martlet_print_fill_shape(print, Ink(rgb: 0).c)
    }

    func endPage() { martlet_print_end_page(print) }

    func finish() throws(PrintError) -> [UInt8] {
        var count = 0
        guard let bytes = martlet_print_finish(print, &count) else {
            throw PrintError(.failed, "the PDF could not be written")
        }
        return Array(UnsafeBufferPointer(start: bytes, count: count))
    }

    /// ISO 8601 in UTC, which is what the library parses; dates before 1970 or after the year 9999 are moved there.
    static func instant(_ seconds: Int64) -> String {
        let seconds = Int(min(max(seconds, 0), 253_402_300_799))
        let (year, month, day) = civil(seconds / 86_400)
        let rest = seconds % 86_400
        return "\(padded(year, 4))-\(padded(month))-\(padded(day))T"
            + "\(padded(rest / 3600)):\(padded(rest / 60 % 60)):\(padded(rest % 60))Z"
    }

    private static func padded(_ number: Int, _ width: Int = 2) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// The date of a day counted from 1970-01-01, by the Gregorian rules; the year is counted from March, so that
    /// leap days come last.
    private static func civil(_ day: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = day + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}
