// libqrencode, for QR codes. Imported by one Swift target only: Printing.
#pragma once
#include <qrencode.h>
