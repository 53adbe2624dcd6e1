package dev.larkspur.collective.socket;

import dev.larkspur.collective.WireDtype;
import dev.larkspur.collective.socket.Operation.Kind;
import dev.larkspur.collective.socket.ValueFormat.Bf16Format;
import dev.larkspur.collective.socket.ValueFormat.Fp32Format;
import dev.larkspur.tensor.FlatVector;
import dev.larkspur.tensor.Shard;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.IntStream;

/**
 * Collectives on flat vectors. A vector is split into one shard for each rank, and each shard into
 * chunks, of which only a few are in memory at a time.
 *
 * <p>A sum sends chunk i of every shard to the shard's rank, and in the same message the sum of an
 * earlier chunk of the sender's shard. This takes as many bytes as a ring, 2 (n − 1) / n of the
 * vector in each direction, but one hop. Each rank sums its shard in the order of the ranks, and
 * all ranks copy its result, so the bits do not depend on timing.
 */
final class VectorExchange {
  private final PeerLinks links;
  private final int rank;
  private final int worldSize;
  private final int[] peers;
  private final int chunk;
  private final ValueFormat fp32;
  private final ValueFormat bf16;
  private final float[] sum;
  private final ByteBuffer own;
  private final ByteBuffer result;

  VectorExchange(PeerLinks links) {
    this.links = links;
    this.rank = links.rank();
    this.worldSize = links.worldSize();
    this.peers = IntStream.range(0, worldSize).filter(peer -> peer != rank).toArray();
    this.chunk = links.window().chunk();
    this.fp32 = new Fp32Format(chunk);
    this.bf16 = new Bf16Format(chunk);
    this.sum = new float[chunk];
    this.own = buffer(chunk);
    this.result = buffer(chunk);
  }

  private static ByteBuffer buffer(int values) {
    return ByteBuffer.allocateDirect(values * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Replaces a vector with its sum over all ranks. */
  void sum(FlatVector vector, WireDtype wire) throws IOException {
    ValueFormat format = wire == WireDtype.FP32 ? fp32 : bf16;
    Kind kind = wire == WireDtype.FP32 ? Kind.SUM_IN_FP32 : Kind.SUM_IN_BF16;
    Chunks chunks = new Chunks(vector.length(), worldSize, chunk);
    int ahead = Math.min(links.window().depth(), chunks.perShard());
    exchange(
        new Operation(kind, vector.length()),
        chunks.perShard() + ahead,
        ahead,
        new Messages() {
          @Override
          public void write(int message, int peer) {
            if (message >= ahead) {
              links.toSend(peer).put(result.duplicate());
            }
            values(message).send(peer, peer);
          }

          @Override
          public int bytes(int message, int peer) {
            return sums(message).bytes(peer) + values(message).bytes(rank);
          }

          @Override
          public void read(int message) {
            for (int peer : peers) {
              sums(message).receive(peer, peer);
            }
            sumChunk(values(message));
          }

          private Transfer values(int message) {
            return new Transfer(vector, chunks, message, format);
          }

          private Transfer sums(int message) {
            return new Transfer(vector, chunks, message - ahead, format);
          }
        });
  }

  /** Sums one chunk of this rank's shard over all ranks, in the order of the ranks. */
  private void sumChunk(Transfer transfer) {
    int count = transfer.count(rank);
    transfer.encode(rank, own.clear());
    own.flip();
    for (int peer = 0; peer < worldSize; peer++) {
      ByteBuffer values = peer == rank ? own : links.received(peer);
      if (peer == 0) {
        transfer.format.begin(values, sum, count);
      } else {
        transfer.format.add(values, sum, count);
      }
    }
    transfer.format.encode(sum, count, result.clear());
    transfer.decode(result.flip(), rank);
    result.rewind();
  }

  /** The root sends every rank its shard, and each rank sends its shard to all others. */
  void broadcast(FlatVector vector, int root) throws IOException {
    Chunks chunks = new Chunks(vector.length(), worldSize, chunk);
    int ahead = Math.min(links.window().depth(), chunks.perShard());
    exchange(
        new Operation(Kind.BROADCAST, vector.length()),
        chunks.perShard() + ahead,
        ahead,
        new Messages() {
          @Override
          public void write(int message, int peer) {
            if (peer != root) {
              shared(message).send(rank, peer);
            }
            if (rank == root) {
              first(message).send(peer, peer);
            }
          }

          @Override
          public int bytes(int message, int peer) {
            return (rank == root ? 0 : shared(message).bytes(peer))
                + (peer == root ? first(message).bytes(rank) : 0);
          }

          @Override
          public void read(int message) {
            if (rank != root) {
              for (int peer : peers) {
                shared(message).receive(peer, peer);
              }
              first(message).receive(rank, root);
            }
          }

          private Transfer first(int message) {
            return new Transfer(vector, chunks, message, fp32);
          }

          private Transfer shared(int message) {
            return new Transfer(vector, chunks, message - ahead, fp32);
          }
        });
  }

  /** Every rank sends its shard to all others. */
  void gatherShards(FlatVector vector) throws IOException {
    Chunks chunks = new Chunks(vector.length(), worldSize, chunk);
    exchange(
        new Operation(Kind.GATHER_OF_SHARDS, vector.length()),
        chunks.perShard(),
        Math.min(links.window().depth(), chunks.perShard()),
        new Messages() {
          @Override
          public void write(int message, int peer) {
            shards(message).send(rank, peer);
          }

          @Override
          public int bytes(int message, int peer) {
            return shards(message).bytes(peer);
          }

          @Override
          public void read(int message) {
            for (int peer : peers) {
              shards(message).receive(peer, peer);
            }
          }

          private Transfer shards(int message) {
            return new Transfer(vector, chunks, message, fp32);
          }
        });
  }

  /**
   * Posts messages in order. Message i may depend on message i − {@code ahead}, so it is posted
   * once that one is complete.
   */
  private void exchange(Operation operation, int count, int ahead, Messages messages)
      throws IOException {
    for (int message = 0; message < count + ahead; message++) {
      if (message >= ahead) {
        complete(operation, message - ahead, messages);
      }
      if (message < count) {
        for (int peer : peers) {
          messages.write(message, peer);
        }
        links.post(operation);
      }
    }
  }

  private void complete(Operation operation, int message, Messages messages) throws IOException {
    for (int peer : peers) {
      links.expect(peer, messages.bytes(message, peer));
    }
    links.complete(operation);
    messages.read(message);
  }

  /** The contents of a collective's numbered messages. */
  private interface Messages {

    void write(int message, int peer);

    /** Bytes of a peer's message to this rank. */
    int bytes(int message, int peer);

    /** Reads the messages of all peers. */
    void read(int message);
  }

  /** Copies one chunk of each shard between a vector and messages; skips empty chunks. */
  private final class Transfer {
    private final FlatVector vector;
    private final Chunks chunks;
    private final int index;
    private final ValueFormat format;

    Transfer(FlatVector vector, Chunks chunks, int index, ValueFormat format) {
      this.vector = vector;
      this.chunks = chunks;
      this.index = index;
      this.format = format;
    }

    /** Number of values in the chunk of a shard. */
    int count(int shard) {
      return chunks.count(shard, index);
    }

    void send(int shard, int peer) {
      encode(shard, links.toSend(peer));
    }

    int bytes(int shard) {
      return format.bytes(count(shard));
    }

    void receive(int shard, int peer) {
      decode(links.received(peer), shard);
    }

    void encode(int shard, ByteBuffer message) {
      if (count(shard) > 0) {
        format.encode(vector, chunks.offset(shard, index), count(shard), message);
      }
    }

    void decode(ByteBuffer message, int shard) {
      if (count(shard) > 0) {
        format.decode(message, vector, chunks.offset(shard, index), count(shard));
      }
    }
  }

  /**
   * Splits a vector into one shard for each rank, and each shard into chunks. Chunks before the
   * first and after the last of a shard are empty.
   *
   * @param length of the vector
   * @param worldSize number of shards
   * @param size maximum number of values in a chunk
   */
  record Chunks(long length, int worldSize, int size) {

    /** Number of chunks of the largest shard. */
    int perShard() {
      // The last rank takes the remainder.
      return Math.toIntExact((shard(worldSize - 1).length() + size - 1) / size);
    }

    /** Index of a chunk's first value in the vector. */
    long offset(int rank, int index) {
      return shard(rank).offset() + (long) index * size;
    }

    /** Number of values in a chunk. */
    int count(int rank, int index) {
      long left = shard(rank).length() - (long) index * size;
      return index < 0 ? 0 : (int) Math.max(0, Math.min(size, left));
    }

    private Shard shard(int rank) {
      return Shard.of(length, rank, worldSize);
    }
  }
}
