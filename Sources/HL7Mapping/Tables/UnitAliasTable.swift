/// Spellings of units in real feeds that mean one UCUM code beyond doubt. Others stay text: a wrong unit is worse.
enum UnitAliasTable {
    private static let aliases: [String: String] = [
        "%": "%", "PERCENT": "%", "MMOL/L": "mmol/L", "MMOLL": "mmol/L", "UMOL/L": "umol/L", "UMOLL": "umol/L",
        "µMOL/L": "umol/L", "NMOL/L": "nmol/L", "PMOL/L": "pmol/L", "G/L": "g/L", "G/DL": "g/dL", "MG/DL": "mg/dL",
        "MG/L": "mg/L", "UG/L": "ug/L", "NG/ML": "ng/mL", "NG/L": "ng/L", "PG/ML": "pg/mL", "UG/DL": "ug/dL",
        "U/L": "U/L", "IU/L": "[iU]/L", "IU/ML": "[iU]/mL", "MIU/L": "m[iU]/L", "MEQ/L": "meq/L", "FL": "fL",
        "PG": "pg", "MM/HR": "mm/h", "MM/H": "mm/h", "MMHG": "mm[Hg]", "MM HG": "mm[Hg]", "MMOL/MOL": "mmol/mol",
        "X10*9/L": "10*9/L", "10*9/L": "10*9/L", "X10E9/L": "10*9/L", "X10*12/L": "10*12/L", "10*12/L": "10*12/L",
        "X10E12/L": "10*12/L", "10*3/UL": "10*3/uL", "10*6/UL": "10*6/uL", "K/UL": "10*3/uL", "M/UL": "10*6/uL",
        "SEC": "s", "SECONDS": "s", "MIN": "min", "BPM": "/min", "BEATS/MIN": "/min", "KG": "kg", "CM": "cm",
        "ML": "mL", "ML/MIN": "mL/min", "MLMIN": "mL/min", "L/MIN": "L/min", "KPA": "kPa", "MOSM/KG": "mosm/kg",
        "MDC_DIM_MMHG": "mm[Hg]", "MDC_DIM_PERCENT": "%", "MDC_DIM_DEGC": "Cel", "MDC_DIM_BEAT_PER_MIN": "/min",
        "MDC_DIM_X_L_PER_MIN": "L/min",
    ]

    /// Case matters in UCUM, but `G/L` and `g/l` are the same slip; only units that differ by case alone are left out.
    static func ucum(_ unit: String) -> String? { aliases[unit.uppercased()] }
}
