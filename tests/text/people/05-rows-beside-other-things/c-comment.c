/*
 * license request of the build host, 2026-11-25:
 *
 *   REQ1: A0B58-83HNJ-V12E8-94Y0E-MPS87-35HFF
 *   W0A39-R01KX-NGXHP-Q5GDF-86DSE-Z4NZ3
 *   0KCRN-8NME7-MFT
 */
int main(void) { return 0; }
