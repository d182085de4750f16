/* A clock of the day that jumps by hours, back and forth, every few times that it is read; clocks that measure
   durations stay as they are. At its end a program adds the number of readings to the file that CLOCK_READINGS
   names. */

#define _GNU_SOURCE
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static atomic_long readings;

static time_t jump(void) {
    static const time_t hours[] = {0, -3, 2, -30, 5, -7, -200, 26};
    return 3600 * hours[atomic_fetch_add(&readings, 1) / 3 % (sizeof hours / sizeof hours[0])];
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    long status = syscall(SYS_clock_gettime, clock, now);
    if (status == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += jump();
    return (int)status;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    struct timespec precise;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &precise) != 0) return -1;
    now->tv_sec = precise.tv_sec;
    now->tv_usec = precise.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *result) {
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
    if (result) *result = now.tv_sec;
    return now.tv_sec;
}

__attribute__((destructor)) static void report(void) {
    const char *path = getenv("CLOCK_READINGS");
    FILE *file = path ? fopen(path, "a") : NULL;
    if (!file) return;
    fprintf(file, "%ld\n", atomic_load(&readings));
    fclose(file);
}
