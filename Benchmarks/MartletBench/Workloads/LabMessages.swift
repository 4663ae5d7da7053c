/// ORU^R01 messages with eight results each, of a pool of patients: every message is another order.
struct LabMessages {
    private static let patientCount = 1000
    private var random = FastRandom(seed: 0x0BB)
    /// Distinguishes runs against the same database.
    private let run: Int
    private var number = 0

    private static let results: [(loinc: String, name: String, unit: String, low: Int, high: Int)] = [
        ("6690-2", "Leukocytes", "10*9/L", 4, 11), ("789-8", "Erythrocytes", "10*12/L", 4, 6),
        ("718-7", "Hemoglobin", "g/dL", 12, 17), ("4544-3", "Hematocrit", "%", 36, 50),
        ("777-3", "Platelets", "10*9/L", 150, 400), ("2345-7", "Glucose", "mg/dL", 70, 99),
        ("2951-2", "Sodium", "mmol/L", 135, 145), ("2823-3", "Potassium", "mmol/L", 3, 5),
    ]

    init(run: Int) { self.run = run }

    mutating func appendNext(to output: inout [UInt8]) {
        number += 1
        let id = "\(run)-\(number)"
        let patient = random.index(below: Self.patientCount)
        let minute = number % 60
        let time = "202605\(Self.two(1 + number / 1440 % 28))\(Self.two(number / 60 % 24))\(Self.two(minute))00"
        var text = "MSH|^~\\&|BENCHLAB|LAB|MARTLET|CLINIC|\(time)||ORU^R01^ORU_R01|\(id)|P|2.5.1\r"
        text += "PID|1||B\(100_000 + patient)^^^BENCH^MR||Sample\(patient)^Pat||19700101|F\r"
        text += "ORC|RE|P\(id)^BENCH|F\(id)^BENCHLAB||CM||||\(time)|||D7^Doctor^Dora\r"
        text += "OBR|1|P\(id)^BENCH|F\(id)^BENCHLAB|58410-2^CBC panel^LN|||\(time)|||||||||D7^Doctor^Dora||||||"
        text += "\(time)||LAB|F\r"
        for (index, result) in Self.results.enumerated() {
            let value = result.low + random.index(below: result.high - result.low + 1)
            text += "OBX|\(index + 1)|NM|\(result.loinc)^\(result.name)^LN||\(value).\(random.index(below: 10))|"
            text += "\(result.unit)^^UCUM|\(result.low)-\(result.high)|N|||F|||\(time)\r"
        }
        output.append(contentsOf: text.utf8)
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
