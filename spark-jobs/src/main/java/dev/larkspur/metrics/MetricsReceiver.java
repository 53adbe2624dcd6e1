package dev.larkspur.metrics;

import java.io.Serializable;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.spark.SparkEnv;
import org.apache.spark.rpc.RpcCallContext;
import org.apache.spark.rpc.RpcEndpointRef;
import org.apache.spark.rpc.RpcEnv;
import org.apache.spark.rpc.ThreadSafeRpcEndpoint;
import scala.Function1;
import scala.PartialFunction;
import scala.runtime.AbstractPartialFunction;
import scala.runtime.BoxedUnit;

/**
 * Receives metrics on the driver. Rank 0 sends them over Spark's RPC, so no extra port is needed on
 * any cluster. Unlike accumulator updates, the messages are acknowledged, so no line is lost.
 */
public final class MetricsReceiver implements AutoCloseable {
  private final RpcEnv rpc = SparkEnv.get().rpcEnv();
  private final String name = "larkspur-metrics-" + UUID.randomUUID();
  private final RpcEndpointRef endpoint;

  /**
   * @param sink receives each line once; must not block
   * @param written completes when the lines so far are in the run directory
   * @param progress receives the newest progress
   */
  public MetricsReceiver(
      MetricsSink sink, Supplier<CompletableFuture<Void>> written, Consumer<Progress> progress) {
    this.endpoint = rpc.setupEndpoint(name, new Endpoint(rpc, sink, written, progress));
  }

  /** The name under which a {@link MetricsSender} finds this receiver. */
  public String name() {
    return name;
  }

  @Override
  public void close() {
    rpc.stop(endpoint);
  }

  /** A line, and the number of updates done. */
  record Line(long step, Record numbers) implements Serializable {}

  /**
   * A message of rank 0; the reply is the number of lines received so far.
   *
   * @param first number of lines before these
   * @param lines unacknowledged lines
   * @param progress newest progress; null if it has not changed
   * @param flush number of the newest flush; the reply to a new flush waits until the lines are in
   *     the run directory
   */
  record Message(long first, List<Line> lines, Progress progress, long flush)
      implements Serializable {
    Message {
      lines = List.copyOf(lines);
    }
  }

  private static final class Endpoint implements ThreadSafeRpcEndpoint {
    private final RpcEnv rpc;
    private final MetricsSink sink;
    private final Supplier<CompletableFuture<Void>> written;
    private final Consumer<Progress> progress;
    private long received;

    /** The newest flush whose lines are in the run directory. */
    private volatile long flushed;

    Endpoint(
        RpcEnv rpc,
        MetricsSink sink,
        Supplier<CompletableFuture<Void>> written,
        Consumer<Progress> progress) {
      this.rpc = rpc;
      this.sink = sink;
      this.written = written;
      this.progress = progress;
    }

    @Override
    public RpcEnv rpcEnv() {
      return rpc;
    }

    @Override
    public PartialFunction<Object, BoxedUnit> receiveAndReply(RpcCallContext call) {
      return new AbstractPartialFunction<>() {
        @Override
        public boolean isDefinedAt(Object message) {
          return message instanceof Message;
        }

        @Override
        public <A, B> B applyOrElse(A message, Function1<A, B> otherwise) {
          if (!(message instanceof Message received)) {
            return otherwise.apply(message);
          }
          receive(received, call);
          @SuppressWarnings("unchecked") // BoxedUnit, or above it
          B nothing = (B) BoxedUnit.UNIT;
          return nothing;
        }
      };
    }

    private void receive(Message message, RpcCallContext call) {
      List<Line> lines = message.lines();
      // A message whose reply was lost is sent again, possibly with more lines.
      int known = (int) Math.min(received - message.first(), lines.size());
      for (Line line : lines.subList(known, lines.size())) {
        sink.log(line.step(), line.numbers());
        received++;
      }
      long reply = received;
      if (message.flush() > flushed) {
        CompletableFuture<Void> unused =
            written
                .get()
                .whenComplete(
                    (done, failure) -> {
                      if (failure == null) {
                        flushed = message.flush();
                        call.reply(reply);
                      } else {
                        // The sender retries.
                        call.sendFailure(failure);
                      }
                    });
      } else {
        call.reply(reply);
      }
      if (message.progress() != null) {
        progress.accept(message.progress());
      }
    }
  }
}
