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
 * The driver's end of metrics. Rank 0 sends them over the connection that carries Spark's own
 * messages: no port of its own, on any cluster. Unlike accumulators, its messages are acknowledged,
 * so that no line is lost.
 */
public final class MetricsReceiver implements AutoCloseable {
  private final RpcEnv rpc = SparkEnv.get().rpcEnv();
  private final String name = "larkspur-metrics-" + UUID.randomUUID();
  private final RpcEndpointRef endpoint;

  /**
   * @param sink receives each line once; must not wait
   * @param written completes when the lines so far are in the run directory
   * @param progress receives the newest
   */
  public MetricsReceiver(
      MetricsSink sink, Supplier<CompletableFuture<Void>> written, Consumer<Progress> progress) {
    this.endpoint = rpc.setupEndpoint(name, new Endpoint(rpc, sink, written, progress));
  }

  /** What a {@link MetricsSender} finds this receiver by. */
  public String name() {
    return name;
  }

  @Override
  public void close() {
    rpc.stop(endpoint);
  }

  /** A line and the updates done. */
  record Line(long step, Record numbers) implements Serializable {}

  /**
   * What rank 0 sends; the reply is the number of lines received so far.
   *
   * @param first how many lines were sent before these
   * @param lines that are not acknowledged yet
   * @param progress newest; null if there is none
   * @param flush number of the newest flush; the reply to one that is new waits until the lines are
   *     in the run directory
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
      // A message whose reply was lost comes again, perhaps with more lines.
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
                        // The sender asks again.
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
