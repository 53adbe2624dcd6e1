package dev.larkspur.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.larkspur.storage.Lease.LeasePurpose;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class LeaseTest {
  private static final Duration NEVER = Duration.ofDays(1);
  private static final LeasePurpose WORK = new LeasePurpose("prepare", "run of prepare on");
  @TempDir private Path folder;
  private FileSystem files;
  private org.apache.hadoop.fs.Path directory;

  @BeforeEach
  void open() throws IOException {
    directory = new org.apache.hadoop.fs.Path(folder.resolve("corpus").toString());
    files = RawFiles.of(directory, new Configuration());
  }

  private Lease take(Lease.Pause pause) throws Exception {
    return Lease.take(files, directory, WORK, NEVER, pause, LeaseTest::notLost);
  }

  private static void notLost() {
    throw new IllegalStateException("nobody has taken it over");
  }

  private static void noPause(Duration duration) {
    throw new IllegalStateException("nobody is to be waited for");
  }

  private Path file(int number) {
    return folder.resolve("corpus/prepare-00000%d.lease".formatted(number));
  }

  private LeaseHolder written(int number) throws IOException {
    byte[] bytes = Files.readAllBytes(file(number));
    while (bytes.length == 0) {
      // It is being renewed.
      Thread.onSpinWait();
      bytes = Files.readAllBytes(file(number));
    }
    return JsonMapper.builder().build().readValue(bytes, LeaseHolder.class);
  }

  private void write(int number, LeaseHolder holder) throws IOException {
    Files.createDirectories(file(number).getParent());
    Files.write(file(number), JsonMapper.builder().build().writeValueAsBytes(holder));
  }

  @Test
  void givenBackItLeavesNothing() throws Exception {
    try (Lease lease = take(LeaseTest::noPause)) {
      lease.requireHeld();
      assertThat(file(1)).exists();
    }
    assertThat(folder.resolve("corpus")).isEmptyDirectory();
    take(LeaseTest::noPause).close();
  }

  @Test
  void aHolderWhoRenewsItKeepsIt() throws Exception {
    try (Lease lease = take(LeaseTest::noPause)) {
      List<Duration> waited = new ArrayList<>();
      assertThatThrownBy(
              () ->
                  take(
                      pause -> {
                        waited.add(pause);
                        if (waited.size() == 3) {
                          renew();
                        }
                      }))
          .isInstanceOf(TryAgainException.class)
          .hasMessageContaining("process " + ProcessHandle.current().pid())
          .hasMessageContaining("wait until it has ended");
      assertThat(waited).hasSize(3).containsOnly(NEVER);
      lease.requireHeld();
    }
  }

  private void renew() {
    try {
      write(1, written(1).renewed());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitRenewal() {
    try {
      LeaseHolder before = written(1);
      while (written(1).equals(before)) {
        Thread.onSpinWait();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  @Timeout(60)
  void itIsRenewedWhileItIsHeld() throws Exception {
    try (Lease lease =
        Lease.take(
            files, directory, WORK, Duration.ofMillis(5), LeaseTest::noPause, LeaseTest::notLost)) {
      String id = written(1).id();
      assertThatThrownBy(
              () ->
                  Lease.take(
                      files,
                      directory,
                      WORK,
                      Duration.ofMillis(50),
                      pause -> awaitRenewal(),
                      LeaseTest::notLost))
          .isInstanceOf(TryAgainException.class)
          .hasMessageContaining("is running");
      lease.requireHeld();
      assertThat(written(1).id()).isEqualTo(id);
    }
  }

  @Test
  void whoDoesNotRenewItLosesIt() throws Exception {
    List<String> losses = new ArrayList<>();
    try (Lease suspended =
        Lease.take(files, directory, WORK, NEVER, LeaseTest::noPause, () -> losses.add("lost"))) {
      List<Duration> waited = new ArrayList<>();
      try (Lease heir = take(waited::add)) {
        assertThat(waited).hasSize(6);
        heir.requireHeld();
        assertThat(file(1)).doesNotExist();
        assertThatThrownBy(suspended::requireHeld)
            .isInstanceOf(TryAgainException.class)
            .hasMessageContaining("has taken over");
        suspended.renew(() -> losses.add("lost"));
        assertThat(losses).containsExactly("lost");
        suspended.close();
        heir.requireHeld();
      }
    }
    assertThat(folder.resolve("corpus")).isEmptyDirectory();
  }

  @Test
  void aDeadProcessOfThisMachineIsNotWaitedFor() throws Exception {
    Process process = new ProcessBuilder(java(), "-version").redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    process.waitFor();
    LeaseHolder self = LeaseHolder.thisProcess();
    write(1, new LeaseHolder("dead", self.machine(), process.pid(), "", 7));
    try (Lease heir = take(LeaseTest::noPause)) {
      heir.requireHeld();
      assertThat(file(2)).exists();
      assertThat(file(1)).doesNotExist();
    }
    // The number of the dead process may be that of another one now.
    write(1, new LeaseHolder("reused", self.machine(), self.process(), "another time", 7));
    take(LeaseTest::noPause).close();
    // On another machine the number means nothing.
    write(1, new LeaseHolder("far", "another machine", process.pid(), "", 7));
    List<Duration> waited = new ArrayList<>();
    take(waited::add).close();
    assertThat(waited).hasSize(6);
  }

  /** Storage was away when it was given back. */
  @Test
  void oneThatThisProcessHasGivenBackIsNotWaitedFor() throws Exception {
    LeaseHolder left;
    try (Lease lease = take(LeaseTest::noPause)) {
      lease.requireHeld();
      left = written(1);
    }
    write(1, left);
    try (Lease next = take(LeaseTest::noPause)) {
      next.requireHeld();
    }
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  @Test
  void aLeaseThatWasCutWhileItWasWrittenIsWaitedForOnce() throws Exception {
    Files.createDirectories(folder.resolve("corpus"));
    Files.createFile(file(1));
    List<Duration> waited = new ArrayList<>();
    take(waited::add).close();
    assertThat(waited).hasSize(6);
  }

  @Test
  void ofManyAtOnceOneTakesIt() throws Exception {
    int runs = 8;
    for (int round = 0; round < 20; round++) {
      ExecutorService threads = Executors.newFixedThreadPool(runs);
      CountDownLatch start = new CountDownLatch(1);
      List<Future<Lease>> tries = new ArrayList<>();
      for (int run = 0; run < runs; run++) {
        Callable<Lease> attempt =
            () -> {
              start.await();
              try {
                return take(
                    pause -> {
                      throw new TryAgainException("somebody has it");
                    });
              } catch (TryAgainException refused) {
                return null;
              }
            };
        tries.add(threads.submit(attempt));
      }
      start.countDown();
      List<Lease> taken = new ArrayList<>();
      for (Future<Lease> attempt : tries) {
        Lease lease = attempt.get();
        if (lease != null) {
          taken.add(lease);
        }
      }
      threads.shutdown();
      assertThat(threads.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
      assertThat(taken).hasSize(1);
      taken.get(0).close();
    }
  }
}
