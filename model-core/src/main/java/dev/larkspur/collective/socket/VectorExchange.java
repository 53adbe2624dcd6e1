package dev.larkspur.collective.socket;

import dev.larkspur.collective.WireDtype;
import dev.larkspur.collective.socket.Operation.Kind;
import dev.larkspur.tensor.FlatVector;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.IntStream;

/**
 * Collectives on flat vectors. A vector is cut into one shard for each rank, and the shards into
 * chunks, of which only some are copied at a time.
 *
 * <p>A sum sends chunk i of every shard to the shard's rank, and in the same message the sum of
 * chunk i − 1 of the own shard: as many bytes as a ring, 2 (n − 1) / n of the vector in each
 * direction, but in one hop. Each rank adds up its shard in the order of the ranks, and all take
 * its result, so the bits depend neither on timing nor on who adds up what.
 */
final class VectorExchange {
  /** Most values of a chunk; three chunks of them fit into a processor's second cache. */
  static final int LARGEST_CHUNK = 1 << 16;

  /** Most values of all chunks together that are on their way to the peers. */
  private static final int VALUES_ON_THE_WAY = 1 << 20;

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
    this.chunk = chunk(worldSize);
    this.fp32 = new Fp32Format(chunk);
    this.bf16 = new Bf16Format(chunk);
    this.sum = new float[chunk];
    this.own = buffer(chunk);
    this.result = buffer(chunk);
  }

  /** Values of a chunk, the same on every rank. */
  static int chunk(int worldSize) {
    return Math.min(LARGEST_CHUNK, VALUES_ON_THE_WAY / worldSize);
  }

  /** Bytes of the largest message. */
  static int capacity(int worldSize) {
    return 2 * chunk(worldSize) * Float.BYTES;
  }

  private static ByteBuffer buffer(int values) {
    return ByteBuffer.allocateDirect(values * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Replaces a vector by its sum over all ranks. */
  void sum(FlatVector vector, WireDtype wire) throws IOException {
    ValueFormat format = wire == WireDtype.FP32 ? fp32 : bf16;
    Kind kind = wire == WireDtype.FP32 ? Kind.SUM_IN_FP32 : Kind.SUM_IN_BF16;
    Chunks chunks = new Chunks(vector.length(), worldSize, chunk);
    result.clear().flip();
    for (int round = 0; round <= chunks.perShard(); round++) {
      Transfer now = new Transfer(vector, chunks, round, format);
      Transfer before = new Transfer(vector, chunks, round - 1, format);
      links.begin();
      for (int peer : peers) {
        links.toSend(peer).put(result.duplicate());
        before.expect(peer, peer);
        now.send(peer, peer);
        now.expect(rank, peer);
      }
      links.exchange(new Operation(kind, vector.length()));
      for (int peer : peers) {
        before.receive(peer, peer);
      }
      addUp(now);
    }
  }

  /** Adds up what has come of one chunk of the own shard, in the order of the ranks. */
  private void addUp(Transfer transfer) {
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

  /** The root gives every rank its shard, which gives it to all others one round later. */
  void broadcast(FlatVector vector, int root) throws IOException {
    Chunks chunks = new Chunks(vector.length(), worldSize, chunk);
    for (int round = 0; round <= chunks.perShard(); round++) {
      Transfer now = new Transfer(vector, chunks, round, fp32);
      Transfer before = new Transfer(vector, chunks, round - 1, fp32);
      links.begin();
      for (int peer : peers) {
        if (peer != root) {
          before.send(rank, peer);
        }
        if (rank != root) {
          before.expect(peer, peer);
        }
        if (rank == root) {
          now.send(peer, peer);
        }
        if (peer == root) {
          now.expect(rank, peer);
        }
      }
      links.exchange(new Operation(Kind.BROADCAST, vector.length()));
      if (rank != root) {
        for (int peer : peers) {
          before.receive(peer, peer);
        }
        now.receive(rank, root);
      }
    }
  }

  /** Every rank gives its shard to all others. */
  void gatherShards(FlatVector vector) throws IOException {
    Chunks chunks = new Chunks(vector.length(), worldSize, chunk);
    for (int round = 0; round < chunks.perShard(); round++) {
      Transfer now = new Transfer(vector, chunks, round, fp32);
      links.begin();
      for (int peer : peers) {
        now.send(rank, peer);
        now.expect(peer, peer);
      }
      links.exchange(new Operation(Kind.GATHER_OF_SHARDS, vector.length()));
      for (int peer : peers) {
        now.receive(peer, peer);
      }
    }
  }

  /** Moves one chunk of each shard between a vector and messages; an empty one is left alone. */
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

    /** Values of the chunk of a shard. */
    int count(int shard) {
      return chunks.count(shard, index);
    }

    void send(int shard, int peer) {
      encode(shard, links.toSend(peer));
    }

    void expect(int shard, int peer) {
      links.expect(peer, format.bytes(count(shard)));
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
}
