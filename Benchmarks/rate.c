// Sends one request over and over on several connections and prints requests per second, p95 in milliseconds, and failures.
// wrk cannot do HEAD: it waits for the body that Content-Length announces.
//
//   rate PORT CONNECTIONS SECONDS METHOD PATH [HEADER…]

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { maximum = 256, space = 1 << 16 };

struct link {
    int socket;
    size_t used;
    long body; // bytes of the body still to come; -1 while the head is read
    double sent;
    char bytes[space];
};

static struct link links[maximum];
static float *latencies;
static size_t count, capacity = 1 << 22, failures;
static char request[8192];
static size_t length;
static int is_head;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static void ask(struct link *link) {
    link->used = 0;
    link->body = -1;
    link->sent = now();
    if (send(link->socket, request, length, MSG_NOSIGNAL) != (ssize_t)length) { perror("send"); exit(1); }
}

static void answered(struct link *link) {
    if (count < capacity) latencies[count] = (float)(now() - link->sent);
    count++;
    ask(link);
}

static void read_head(struct link *link) {
    link->bytes[link->used] = 0;
    char *end = strstr(link->bytes, "\r\n\r\n");
    if (!end) {
        if (link->used >= space - 1) { fprintf(stderr, "head too long\n"); exit(1); }
        return;
    }
    if (strncmp(link->bytes, "HTTP/1.1 200", 12) != 0) {
        if (failures++ == 0) fprintf(stderr, "%.200s\n", link->bytes);
    }
    long body = 0;
    for (char *line = strstr(link->bytes, "\r\n"); line && line < end && !is_head; line = strstr(line + 2, "\r\n"))
        if (strncasecmp(line + 2, "content-length:", 15) == 0) body = atol(line + 17);
    link->body = body - (long)(link->used - (size_t)(end + 4 - link->bytes));
}

static void receive(struct link *link) {
    ssize_t got = recv(link->socket, link->bytes + (link->body < 0 ? link->used : 0),
                       link->body < 0 ? space - 1 - link->used : space - 1, 0);
    if (got <= 0) { fprintf(stderr, "the connection ended\n"); exit(1); }
    if (link->body < 0) {
        link->used += (size_t)got;
        read_head(link);
    } else {
        link->body -= got;
    }
    if (link->body == 0) answered(link);
}

static int ascending(const void *left, const void *right) {
    float difference = *(const float *)left - *(const float *)right;
    return (difference > 0) - (difference < 0);
}

int main(int argc, char **argv) {
    if (argc < 6) return 2;
    int connections = atoi(argv[2]);
    double seconds = atof(argv[3]);
    if (connections < 1 || connections > maximum) return 2;
    is_head = strcmp(argv[4], "HEAD") == 0;
    length = (size_t)snprintf(request, sizeof request, "%s %s HTTP/1.1\r\nHost: localhost:%s\r\n", argv[4], argv[5], argv[1]);
    for (int i = 6; i < argc; i++) length += (size_t)snprintf(request + length, sizeof request - length, "%s\r\n", argv[i]);
    length += (size_t)snprintf(request + length, sizeof request - length, "\r\n");
    latencies = malloc(capacity * sizeof *latencies);
    int poll = epoll_create1(0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(argv[1]))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int i = 0; i < connections; i++) {
        links[i].socket = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(links[i].socket, (struct sockaddr *)&address, sizeof address) != 0) { perror("connect"); return 1; }
        int on = 1;
        setsockopt(links[i].socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &links[i]};
        epoll_ctl(poll, EPOLL_CTL_ADD, links[i].socket, &event);
        ask(&links[i]);
    }
    double begun = now();
    while (now() - begun < seconds) {
        struct epoll_event events[64];
        int ready = epoll_wait(poll, events, 64, 1000);
        for (int i = 0; i < ready; i++) receive(events[i].data.ptr);
    }
    double elapsed = now() - begun;
    size_t kept = count < capacity ? count : capacity;
    qsort(latencies, kept, sizeof *latencies, ascending);
    printf("%.1f %.3f %zu\n", (double)count / elapsed, kept ? latencies[kept * 95 / 100] * 1000 : 0.0, failures);
    return 0;
}
