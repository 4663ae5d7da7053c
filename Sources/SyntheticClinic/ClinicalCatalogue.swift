/// One laboratory test or vital sign: its codes and how its values spread.
struct Analyte: Sendable {
    var loinc: String
    var name: String
    /// Unit as printed and as UCUM code.
    var unit: String
    var ucum: String
    var mean: Double
    var deviation: Double
    var low: Double
    var high: Double
    var decimals: Int

    init(
        _ loinc: String, _ name: String, _ unit: String, _ ucum: String, mean: Double, deviation: Double,
        range: ClosedRange<Double>, decimals: Int
    ) {
        self.loinc = loinc
        self.name = name
        self.unit = unit
        self.ucum = ucum
        self.mean = mean
        self.deviation = deviation
        low = range.lowerBound
        high = range.upperBound
        self.decimals = decimals
    }
}

/// A group of tests ordered together.
struct Panel: Sendable {
    var loinc: String
    var name: String
    var analytes: [Analyte]

    static let all: [Panel] = [
        Panel(
            loinc: "58410-2", name: "CBC panel - Blood by Automated count",
            analytes: [
                Analyte(
                    "6690-2", "Leukocytes [#/volume] in Blood by Automated count", "10*9/L", "10*9/L",
                    mean: 7.1, deviation: 2.1, range: 4.0...11.0, decimals: 1),
                Analyte(
                    "789-8", "Erythrocytes [#/volume] in Blood by Automated count", "10*12/L", "10*12/L",
                    mean: 4.7, deviation: 0.45, range: 4.0...5.6, decimals: 2),
                Analyte(
                    "718-7", "Hemoglobin [Mass/volume] in Blood", "g/dL", "g/dL", mean: 13.9, deviation: 1.4,
                    range: 12.0...17.0, decimals: 1),
                Analyte(
                    "4544-3", "Hematocrit [Volume Fraction] of Blood by Automated count", "%", "%", mean: 42,
                    deviation: 4, range: 36.0...50.0, decimals: 1),
                Analyte(
                    "777-3", "Platelets [#/volume] in Blood by Automated count", "10*9/L", "10*9/L", mean: 255,
                    deviation: 60, range: 150...400, decimals: 0),
            ]),
        Panel(
            loinc: "24321-2", name: "Basic metabolic 2000 panel - Serum or Plasma",
            analytes: [
                Analyte(
                    "2345-7", "Glucose [Mass/volume] in Serum or Plasma", "mg/dL", "mg/dL", mean: 101,
                    deviation: 22, range: 70...99, decimals: 0),
                Analyte(
                    "2160-0", "Creatinine [Mass/volume] in Serum or Plasma", "mg/dL", "mg/dL", mean: 0.92,
                    deviation: 0.22, range: 0.60...1.20, decimals: 2),
                Analyte(
                    "2951-2", "Sodium [Moles/volume] in Serum or Plasma", "mmol/L", "mmol/L", mean: 140,
                    deviation: 2.6, range: 135...145, decimals: 0),
                Analyte(
                    "2823-3", "Potassium [Moles/volume] in Serum or Plasma", "mmol/L", "mmol/L", mean: 4.2,
                    deviation: 0.4, range: 3.5...5.1, decimals: 1),
                Analyte(
                    "17861-6", "Calcium [Mass/volume] in Serum or Plasma", "mg/dL", "mg/dL", mean: 9.4,
                    deviation: 0.4, range: 8.5...10.2, decimals: 1),
            ]),
        Panel(
            loinc: "24331-1", name: "Lipid 1996 panel - Serum or Plasma",
            analytes: [
                Analyte(
                    "2093-3", "Cholesterol [Mass/volume] in Serum or Plasma", "mg/dL", "mg/dL", mean: 192,
                    deviation: 38, range: 100...200, decimals: 0),
                Analyte(
                    "2571-8", "Triglyceride [Mass/volume] in Serum or Plasma", "mg/dL", "mg/dL", mean: 128,
                    deviation: 45, range: 30...150, decimals: 0),
                Analyte(
                    "2085-9", "Cholesterol in HDL [Mass/volume] in Serum or Plasma", "mg/dL", "mg/dL", mean: 52,
                    deviation: 13, range: 40...90, decimals: 0),
                Analyte(
                    "13457-7", "Cholesterol in LDL [Mass/volume] in Serum or Plasma by calculation", "mg/dL",
                    "mg/dL", mean: 115, deviation: 32, range: 40...130, decimals: 0),
                Analyte(
                    "4548-4", "Hemoglobin A1c/Hemoglobin.total in Blood", "%", "%", mean: 5.7, deviation: 0.8,
                    range: 4.0...5.6, decimals: 1),
            ]),
        Panel(
            loinc: "24325-3", name: "Hepatic function 2000 panel - Serum or Plasma",
            analytes: [
                Analyte(
                    "1742-6", "Alanine aminotransferase [Enzymatic activity/volume] in Serum or Plasma", "U/L",
                    "U/L", mean: 27, deviation: 12, range: 5...40, decimals: 0),
                Analyte(
                    "1920-8", "Aspartate aminotransferase [Enzymatic activity/volume] in Serum or Plasma", "U/L",
                    "U/L", mean: 25, deviation: 9, range: 5...40, decimals: 0),
                Analyte(
                    "6768-6", "Alkaline phosphatase [Enzymatic activity/volume] in Serum or Plasma", "U/L", "U/L",
                    mean: 78, deviation: 22, range: 40...130, decimals: 0),
                Analyte(
                    "1975-2", "Bilirubin.total [Mass/volume] in Serum or Plasma", "mg/dL", "mg/dL", mean: 0.7,
                    deviation: 0.28, range: 0.1...1.2, decimals: 1),
                Analyte(
                    "1751-7", "Albumin [Mass/volume] in Serum or Plasma", "g/dL", "g/dL", mean: 4.3,
                    deviation: 0.35, range: 3.5...5.2, decimals: 1),
            ]),
    ]

    static let vitalSigns: [Analyte] = [
        Analyte("8867-4", "Heart rate", "beats/minute", "/min", mean: 74, deviation: 11, range: 60...100, decimals: 0),
        Analyte("8310-5", "Body temperature", "°C", "Cel", mean: 36.8, deviation: 0.4, range: 36.1...37.5, decimals: 1),
        Analyte(
            "9279-1", "Respiratory rate", "breaths/minute", "/min", mean: 15, deviation: 2, range: 12...20,
            decimals: 0),
        Analyte(
            "2708-6", "Oxygen saturation in Arterial blood", "%", "%", mean: 97, deviation: 1, range: 94...100,
            decimals: 0),
        Analyte("29463-7", "Body weight", "kg", "kg", mean: 75, deviation: 14, range: 45...110, decimals: 1),
    ]
    static let systolic = Analyte(
        "8480-6", "Systolic blood pressure", "mmHg", "mm[Hg]", mean: 126, deviation: 15, range: 90...140, decimals: 0)
    static let diastolic = Analyte(
        "8462-4", "Diastolic blood pressure", "mmHg", "mm[Hg]", mean: 79, deviation: 9, range: 60...90, decimals: 0)
}

/// A diagnosis and what is prescribed for it.
struct Diagnosis: Sendable {
    var snomed: Coding
    var icd10: Coding
    var medicine: Coding
    var dose: String
    /// Doses a day.
    var frequency: Int
    var isChronic: Bool

    static let all: [Diagnosis] = [
        make("38341003", "Hypertensive disorder", "I10", "C08CA01", "amlodipine", "1 tablet of 5 mg", 1, true),
        make("44054006", "Diabetes mellitus type 2", "E11.9", "A10BA02", "metformin", "1 tablet of 500 mg", 2, true),
        make("55822004", "Hyperlipidemia", "E78.5", "C10AA05", "atorvastatin", "1 tablet of 20 mg", 1, true),
        make("195967001", "Asthma", "J45.9", "R03AC02", "salbutamol", "2 puffs of 100 µg", 4, true),
        make("35489007", "Depressive disorder", "F32.9", "N06AB06", "sertraline", "1 tablet of 50 mg", 1, true),
        make(
            "54150009", "Upper respiratory infection", "J06.9", "N02BE01", "paracetamol", "1 tablet of 500 mg", 3, false
        ),
        make("68566005", "Urinary tract infectious disease", "N39.0", "J01XE01", "nitrofurantoin", "100 mg", 2, false),
        make(
            "235595009", "Gastroesophageal reflux disease", "K21.9", "A02BC01", "omeprazole", "1 capsule of 20 mg", 1,
            false),
        make("37796009", "Migraine", "G43.9", "N02CC01", "sumatriptan", "1 tablet of 50 mg", 1, true),
        make("279039007", "Low back pain", "M54.5", "M01AE01", "ibuprofen", "1 tablet of 400 mg", 3, false),
    ]

    private static func make(
        _ snomed: String, _ name: String, _ icd10: String, _ atc: String, _ medicine: String, _ dose: String,
        _ frequency: Int, _ isChronic: Bool
    ) -> Diagnosis {
        Diagnosis(
            snomed: .snomed(snomed, name), icd10: Coding("http://hl7.org/fhir/sid/icd-10", icd10, name),
            medicine: Coding("http://www.whocc.no/atc", atc, medicine), dose: dose, frequency: frequency,
            isChronic: isChronic)
    }
}
