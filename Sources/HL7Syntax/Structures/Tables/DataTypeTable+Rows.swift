extension DataTypeTable {
    /// One type a row; see `DataTypeTable` for how a row reads.
    static let rows = """
        AD|Street Address:ST|Other Designation:ST|City:ST|State or Province:ST|Zip or Postal Code:ST|Country:ID|\
        Address Type:ID|Other Geographic Designation:ST
        AUI|Authorization Number:ST|Date:DT|Source:ST
        CCD|Invocation Event:ID|Date/Time:DTM
        CCP|Channel Calibration Sensitivity Correction Factor:NM|Channel Calibration Baseline:NM|Channel \
        Calibration Time Skew:NM
        CD|Channel Identifier:WVI|Waveform Source:WVS|Channel Sensitivity and Units:CSU|Channel Calibration \
        Parameters:CCP|Channel Sampling Frequency:NM|Minimum and Maximum Data Values:NR
        CE|Identifier:ST|Text:ST|Name of Coding System:ID|Alternate Identifier:ST|Alternate Text:ST|Name of \
        Alternate Coding System:ID
        CF|Identifier:ST|Formatted Text:FT|Name of Coding System:ID|Alternate Identifier:ST|Alternate Formatted \
        Text:FT|Name of Alternate Coding System:ID|Coding System Version ID:ST|Alternate Coding System Version \
        ID:ST|Original Text:ST|Second Alternate Identifier:ST|Second Alternate Formatted Text:FT|Name of Second \
        Alternate Coding System:ID|Second Alternate Coding System Version ID:ST|Coding System OID:ST|Value Set \
        OID:ST|Value Set Version ID:DTM|Alternate Coding System OID:ST|Alternate Value Set OID:ST|Alternate Value \
        Set Version ID:DTM|Second Alternate Coding System OID:ST|Second Alternate Value Set OID:ST|Second \
        Alternate Value Set Version ID:DTM
        CK|ID Number Nm:NM|Check Digit Nm:NM|Code Identifying the Check Digit Scheme Employed:ID|Assigning \
        Authority:HD
        CN|ID Number ST:ST|Family Name:FN|Given Name:ST|Second and Further Given Names or Initials Thereof:ST|\
        Suffix E G Jr or Iii:ST|Prefix E G Dr:ST|Degree E G Md:IS|Source Table:IS|Assigning Authority:HD
        CNE|Identifier:ST|Text:ST|Name of Coding System:ID|Alternate Identifier:ST|Alternate Text:ST|Name of \
        Alternate Coding System:ID|Coding System Version ID:ST|Alternate Coding System Version ID:ST|Original \
        Text:ST|Second Alternate Identifier:ST|Second Alternate Text:ST|Name of Second Alternate Coding System:ID|\
        Second Alternate Coding System Version ID:ST|Coding System OID:ST|Value Set OID:ST|Value Set Version \
        ID:DTM|Alternate Coding System OID:ST|Alternate Value Set OID:ST|Alternate Value Set Version ID:DTM|Second \
        Alternate Coding System OID:ST|Second Alternate Value Set OID:ST|Second Alternate Value Set Version ID:DTM
        CNN|ID Number:ST|Family Name:ST|Given Name:ST|Second and Further Given Names or Initials Thereof:ST|Suffix \
        (e.g., JR or III):ST|Prefix (e.g., DR):ST|Degree (e.g., MD):IS|Source Table:IS|Assigning Authority- \
        Namespace ID:IS|Assigning Authority- Universal ID:ST|Assigning Authority- Universal ID Type:ID
        CNS|ID Number ST:ST|Family Name:ST|Given Name:ST|Second and Further Given Names or Initials Thereof:ST|\
        Suffix E G Jr or Iii:ST|Prefix E G Dr:ST|Degree E G Md:IS|Source Table:IS|Assigning Authority Namespace \
        ID:IS|Assigning Authority Universal ID:ST|Assigning Authority Universal ID Type:ID
        CP|Price:MO|Price Type:ID|From Value:NM|To Value:NM|Range Units:CWE|Range Type:ID
        CQ|Quantity:NM|Units:CWE
        CSU|Channel Sensitivity:NM|Unit of Measure Identifier:ST|Unit of Measure Description:ST|Unit of Measure \
        Coding System:ID|Alternate Unit of Measure Identifier:ST|Alternate Unit of Measure Description:ST|\
        Alternate Unit of Measure Coding System:ID|Unit of Measure Coding System Version ID:ST|Alternate Unit of \
        Measure Coding System Version ID:ST|Original Text:ST|Second Alternate Unit of Measure Identifier:ST|Second \
        Alternate Unit of Measure Text:ST|Name of Second Alternate Unit of Measure Coding Sy:ID|Second Alternate \
        Unit of Measure Coding System Ver:ST|Unit of Measure Coding System OID:ST|Unit of Measure Value Set \
        OID:ST|Unit of Measure Value Set Version ID:DTM|Alternate Unit of Measure Coding System OID:ST|Alternate \
        Unit of Measure Value Set OID:ST|Alternate Unit of Measure Value Set Version ID:DTM|Alternate Unit of \
        Measure Coding System OID:ST|Alternate Unit of Measure Value Set OID:ST|Alternate Unit of Measure Value \
        Set Version ID:ST
        CWE|Identifier:ST|Text:ST|Name of Coding System:ID|Alternate Identifier:ST|Alternate Text:ST|Name of \
        Alternate Coding System:ID|Coding System Version ID:ST|Alternate Coding System Version ID:ST|Original \
        Text:ST|Second Alternate Identifier:ST|Second Alternate Text:ST|Name of Second Alternate Coding System:ID|\
        Second Alternate Coding System Version ID:ST|Coding System OID:ST|Value Set OID:ST|Value Set Version \
        ID:DTM|Alternate Coding System OID:ST|Alternate Value Set OID:ST|Alternate Value Set Version ID:DTM|Second \
        Alternate Coding System OID:ST|Second Alternate Value Set OID:ST|Second Alternate Value Set Version ID:DTM
        CX|ID Number:ST|Identifier Check Digit:ST|Check Digit Scheme:ID|Assigning Authority:HD|Identifier Type \
        Code:ID|Assigning Facility:HD|Effective Date:DT|Expiration Date:DT|Assigning Jurisdiction:CWE|Assigning \
        Agency or Department:CWE|Security Check:ST|Security Check Scheme:ID
        DDI|Delay Days:NM|Monetary Amount:MO|Number of Days:NM
        DIN|Date:DTM|Institution Name:CWE
        DLD|Discharge to Location:CWE|Effective Date:DTM
        DLN|License Number:ST|Issuing State, Province, Country:CWE|Expiration Date:DT
        DLT|Normal Range:NR|Numeric Threshold:NM|Change Computation:ID|Days Retained:NM
        DR|Range Start Date/Time:DTM|Range End Date/Time:DTM
        DTN|Day Type:CWE|Number of Days:NM
        ED|Source Application:HD|Type of Data:ID|Data Subtype:ID|Encoding:ID|Data:TX
        EI|Entity Identifier:ST|Namespace ID:IS|Universal ID:ST|Universal ID Type:ID
        EIP|Placer Assigned Identifier:EI|Filler Assigned Identifier:EI
        ELD|Segment ID:ST|Segment Sequence:NM|Field Position:NM|Code Identifying Error:CWE
        ERL|Segment ID:ST|Segment Sequence:NM|Field Position:NM|Field Repetition:NM|Component Number:NM|Sub \
        Component Number:NM
        FC|Financial Class Code:CWE|Effective Date:DTM
        FN|Surname:ST|Own Surname Prefix:ST|Own Surname:ST|Surname Prefix from Partner/Spouse:ST|Surname from \
        Partner/Spouse:ST
        HD|Namespace ID:IS|Universal ID:ST|Universal ID Type:ID
        ICD|Certification Patient Type:CWE|Certification Required:ID|Date/Time Certification Required:DTM
        JCC|Job Code:CWE|Job Class:CWE|Job Description Text:TX
        LA1|Point of Care:IS|Room:IS|Bed:IS|Facility:HD|Location Status:IS|Patient Location Type:IS|Building:IS|\
        Floor:IS|Address:AD
        LA2|Point of Care:IS|Room:IS|Bed:IS|Facility:HD|Location Status:IS|Patient Location Type:IS|Building:IS|\
        Floor:IS|Street Address:ST|Other Designation:ST|City:ST|State or Province:ST|Zip or Postal Code:ST|\
        Country:ID|Address Type:ID|Other Geographic Designation:ST
        MA|Sample Y from Channel 1:NM|Sample Y from Channel 2:NM|Sample Y from Channel 3:NM|Sample Y from Channel \
        4:NM|Sample 2 from Channel N:NM|Sample N from Channel N:NM
        MO|Quantity:NM|Denomination:ID
        MOC|Monetary Amount:MO|Charge Code:CWE
        MOP|Money or Percentage Indicator:ID|Money or Percentage Quantity:NM|Monetary Denomination:ID
        MSG|Message Code:ID|Trigger Event:ID|Message Structure:ID
        NA|Value1:NM|Value2:NM|Value3:NM|Value4:NM
        NDL|Name:CNN|Start Date/time:DTM|End Date/time:DTM|Point of Care:IS|Room:IS|Bed:IS|Facility:HD|Location \
        Status:IS|Patient Location Type:IS|Building:IS|Floor:IS
        NR|Low Value:NM|High Value:NM
        OCD|Occurrence Code:CNE|Occurrence Date:DT
        OG|Original Sub-Identifier:ST|Group:NM|Sequence:NM|Identifier:ST
        OSD|Sequence Results Flag:ID|Placer Order Number Entity Identifier:ST|Placer Order Number Namespace ID:IS|\
        Filler Order Number Entity Identifier:ST|Filler Order Number Namespace ID:IS|Sequence Condition Value:ST|\
        Maximum Number of Repeats:NM|Placer Order Number Universal ID:ST|Placer Order Number Universal ID Type:ID|\
        Filler Order Number Universal ID:ST|Filler Order Number Universal ID Type:ID
        OSP|Occurrence Span Code:CNE|Occurrence Span Start Date:DT|Occurrence Span Stop Date:DT
        PCF|Pre Certification Patient Type:IS|Pre Certification Required:ID|Pre Certification Window:TS
        PI|ID Number ST:ST|Type of ID Number Is:IS|Other Qualifying Info:ST
        PIP|Privilege:CWE|Privilege Class:CWE|Expiration Date:DT|Activation Date:DT|Facility:EI
        PL|Point of Care:HD|Room:HD|Bed:HD|Facility:HD|Location Status:IS|Person Location Type:IS|Building:HD|\
        Floor:HD|Location Description:ST|Comprehensive Location Identifier:EI|Assigning Authority for Location:HD
        PLN|ID Number:ST|Type of ID Number:CWE|State/other Qualifying Information:ST|Expiration Date:DT
        PN|Family Name:FN|Given Name:ST|Second and Further Given Names or Initials Thereof:ST|Suffix E G Jr or \
        Iii:ST|Prefix E G Dr:ST|Degree E G Md:IS
        PPN|Person Identifier:ST|Family Name:FN|Given Name:ST|Second and Further Given Names or Initials \
        Thereof:ST|Suffix E G Jr or Iii:ST|Prefix E G Dr:ST|Degree E G Md:IS|Source Table:CWE|Assigning \
        Authority:HD|Name Type Code:ID|Identifier Check Digit:ST|Check Digit Scheme:ID|Identifier Type Code:ID|\
        Assigning Facility:HD|Date/Time Action Performed:DTM|Name Representation Code:ID|Name Context:CWE|Name \
        Validity Range:DR|Name Assembly Order:ID|Effective Date:DTM|Expiration Date:DTM|Professional Suffix:ST|\
        Assigning Jurisdiction:CWE|Assigning Agency or Department:CWE|Security Check:ST|Security Check Scheme:ID
        PRL|Parent Observation Identifier:CWE|Parent Observation Sub Identifier:OG|Parent Observation Value \
        Descriptor:TX
        PT|Processing ID:ID|Processing Mode:ID
        PTA|Policy Type:CWE|Amount Class:CWE|Money or Percentage Quantity:NM|Money or Percentage:MOP
        QIP|Segment Field Name:ST|Values:ST
        QSC|Segment Field Name:ST|Relational Operator:ID|Value:ST|Relational Conjunction:ID
        RCD|Segment Field Name:ST|HL7 Data Type:ID|Maximum Column Width:NM
        RFR|Numeric Range:NR|Administrative Sex:CWE|Age Range:NR|Gestational Age Range:NR|Species:ST|Race \
        Subspecies:ST|Conditions:TX
        RI|Repeat Pattern:CWE|Explicit Time Interval:ST
        RMC|Room Type:CWE|Amount Type:CWE|Coverage Amount:NM|Money or Percentage:MOP
        RP|Pointer:ST|Application ID:HD|Type of Data:ID|Subtype:ID
        RPT|Repeat Pattern Code:CWE|Calendar Alignment:ID|Phase Range Begin Value:NM|Phase Range End Value:NM|\
        Period Quantity:NM|Period Units:CWE|Institution Specified Time:ID|Event:ID|Event Offset Quantity:NM|Event \
        Offset Units:CWE|General Timing Specification:GTS
        SAD|Street or Mailing Address:ST|Street Name:ST|Dwelling Number:ST
        SCV|Parameter Class:CWE|Parameter Value:ST
        SN|Comparator:ST|Num1:NM|Separator/Suffix:ST|Num2:NM
        SPD|Specialty Name:ST|Governing Board:ST|Eligible or Certified:ID|Date of Certification:DT
        SPS|Specimen source name or code:CWE|Additives:CWE|Specimen Collection Method:TX|Body Site:CWE|Site \
        modifier:CWE|Collection method modifier code:CWE|Specimen role:CWE
        SRT|Sort by Field:ST|Sequencing:ID
        TQ|Quantity:CQ|Interval:RI|Duration:ST|Start Date/Time:DTM|End Date/Time:DTM|Priority:ST|Condition:ST|\
        Text:TX|Conjunction:ID|Order Sequencing:OSD|Occurrence Duration:CWE|Total Occurrences:NM
        TS|Time:DTM|Degree of Precision:ID
        UVC|Value Code:CWE|Value Amount:MO|Non Monetary Value Amount Quantity:NM|Non Monetary Value Amount \
        Units:CWE
        VH|Start Day Range:ID|End Day Range:ID|Start Hour Range:TM|End Hour Range:TM
        VID|Version ID:ID|Internationalization Code:CWE|International Version ID:CWE
        VR|First Data Code Value:ST|Last Data Code Value:ST
        WVI|Channel Number:NM|Channel Name:ST
        WVS|Source One Name:ST|Source Two Name:ST
        XAD|Street Address:SAD|Other Designation:ST|City:ST|State or Province:ST|Zip or Postal Code:ST|Country:ID|\
        Address Type:ID|Other Geographic Designation:ST|County/Parish Code:CWE|Census Tract:CWE|Address \
        Representation Code:ID|Address Validity Range:DR|Effective Date:DTM|Expiration Date:DTM|Expiration \
        Reason:CWE|Temporary Indicator:ID|Bad Address Indicator:ID|Address Usage:ID|Addressee:ST|Comment:ST|\
        Preference Order:NM|Protection Code:CWE|Address Identifier:EI
        XCN|Person Identifier:ST|Family Name:FN|Given Name:ST|Second and Further Given Names or Initials \
        Thereof:ST|Suffix (e.g., JR or III):ST|Prefix (e.g., DR):ST|Degree (e.g., MD):IS|Source Table:CWE|\
        Assigning Authority:HD|Name Type Code:ID|Identifier Check Digit:ST|Check Digit Scheme:ID|Identifier Type \
        Code:ID|Assigning Facility:HD|Name Representation Code:ID|Name Context:CWE|Name Validity Range:DR|Name \
        Assembly Order:ID|Effective Date:DTM|Expiration Date:DTM|Professional Suffix:ST|Assigning \
        Jurisdiction:CWE|Assigning Agency or Department:CWE|Security Check:ST|Security Check Scheme:ID
        XON|Organization Name:ST|Organization Name Type Code:CWE|ID Number:NM|Identifier Check Digit:NM|Check \
        Digit Scheme:ID|Assigning Authority:HD|Identifier Type Code:ID|Assigning Facility:HD|Name Representation \
        Code:ID|Organization Identifier:ST
        XPN|Family Name:FN|Given Name:ST|Second and Further Given Names or Initials Thereof:ST|Suffix (e.g., JR or \
        III):ST|Prefix (e.g., DR):ST|Degree (e.g., MD):ST|Name Type Code:ID|Name Representation Code:ID|Name \
        Context:CWE|Name Validity Range:ST|Name Assembly Order:ID|Effective Date:DTM|Expiration Date:DTM|\
        Professional Suffix:ST|Called By:ST
        XTN|Telephone Number:ST|Telecommunication Use Code:ID|Telecommunication Equipment Type:ID|Communication \
        Address:ST|Country Code:SNM|Area/City Code:SNM|Local Number:SNM|Extension:SNM|Any Text:ST|Extension \
        Prefix:ST|Speed Dial Code:ST|Unformatted Telephone number:ST|Effective Start Date:DTM|Expiration Date:DTM|\
        Expiration Reason:CWE|Protection Code:CWE|Shared Telecommunication Identifier:EI|Preference Order:NM
        """
}
