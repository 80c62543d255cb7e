// A stand-in for NVIDIA's management library with scripted readings, compiled by nvml.test.ts.
// -DENERGY=… and -DPOWER=… list millijoules and milliwatts, one a call, the last one again and again; left out, the GPU
// has no such reading. -DINIT=… is what nvmlInit_v2 answers.
#include <string.h>

#ifndef INIT
#define INIT 0
#endif
#ifndef ARCHITECTURE
#define ARCHITECTURE 8
#endif
#define NOT_SUPPORTED 3

typedef unsigned int uint;
static const char *BUS[] = {"00000000:0A:00.0", "00000000:17:00.0"};
static int sessions = 0;

int nvmlInit_v2(void) { if (INIT == 0) sessions++; return INIT; }
int nvmlShutdown(void) { sessions--; return 0; }
int stubSessions(void) { return sessions; }
static volatile int readings = 0;
int stubReadings(void) { return readings; }
const char *nvmlErrorString(int result) { return result == 9 ? "Driver Not Loaded" : result == 4 ? "Insufficient Permissions" : "Unknown Error"; }
int nvmlSystemGetDriverVersion(char *version, uint length) { strncpy(version, "570.86.15", length); return 0; }
int nvmlDeviceGetCount_v2(uint *count) { *count = 2; return 0; }
int nvmlDeviceGetHandleByIndex_v2(uint index, void **device) { *device = (void *)(long)(index + 1); return 0; }
int nvmlDeviceGetHandleByPciBusId_v2(const char *id, void **device) {
  for (int i = 0; i < 2; i++)
    if (strcmp(id, BUS[i]) == 0) { *device = (void *)(long)(i + 1); return 0; }
  return 6;
}

struct pci { char legacy[16]; uint domain, bus, device, id, subsystem; char busId[32]; };
int nvmlDeviceGetPciInfo_v3(void *device, struct pci *info) {
  memset(info, 0, sizeof *info);
  strcpy(info->busId, BUS[(long)device - 1]);
  return 0;
}
int nvmlDeviceGetName(void *device, char *name, uint length) {
  strncpy(name, (long)device == 1 ? "NVIDIA Test GPU" : "NVIDIA Other GPU", length);
  return 0;
}
int nvmlDeviceGetArchitecture(void *device, uint *architecture) { *architecture = ARCHITECTURE; return 0; }

int nvmlDeviceGetTotalEnergyConsumption(void *device, unsigned long long *millijoules) {
#ifdef ENERGY
  static const unsigned long long script[] = {ENERGY};
  static uint call[2] = {0, 0};
  uint *next = &call[(long)device - 1];
  *millijoules = script[*next];
  if (*next + 1 < sizeof script / sizeof *script) ++*next;
  return 0;
#else
  return NOT_SUPPORTED;
#endif
}

int nvmlDeviceGetPowerUsage(void *device, uint *milliwatts) {
  readings++;
#ifdef POWER
  static const uint script[] = {POWER};
  static uint call = 0;
  *milliwatts = script[call];
  if (call + 1 < sizeof script / sizeof *script) call++;
  return 0;
#elif defined DENIED
  return DENIED;
#else
  return NOT_SUPPORTED;
#endif
}

int nvmlDeviceGetPowerManagementLimit(void *device, uint *milliwatts) { *milliwatts = 700000; return 0; }
int nvmlDeviceGetPerformanceState(void *device, uint *state) { *state = 8; return 0; }

struct field { uint id, scope; long long timestamp, latency; int type, result; unsigned long long value; };
int nvmlDeviceGetFieldValues(void *device, int count, struct field *fields) {
  readings++;
#ifdef INSTANT
  fields[0].result = fields[0].id == 186 ? 0 : NOT_SUPPORTED;
  fields[0].value = INSTANT;
#else
  fields[0].result = NOT_SUPPORTED;
#endif
  return 0;
}
int nvmlDeviceGetTemperature(void *device, int sensor, uint *celsius) { *celsius = 71; return 0; }
int nvmlDeviceGetClockInfo(void *device, int type, uint *mhz) { *mhz = type == 1 ? 1410 : 0; return 0; }
int nvmlDeviceGetCurrentClocksThrottleReasons(void *device, unsigned long long *reasons) { *reasons = 0x1 | 0x4 | 0x40; return 0; }
