package dev.larkspur.benchmark;

import dev.larkspur.collective.Collective;
import dev.larkspur.collective.WireDtype;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engine;
import dev.larkspur.tensor.FlatVector;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Sums vectors over all workers and copies as many bytes over plain sockets, in turn. */
final class BandwidthRounds {
  private final Engine engine;
  private final Device device;
  private final Collective peers;
  private final SocketRing ring;

  BandwidthRounds(Engine engine, Device device, Collective peers, SocketRing ring) {
    this.engine = engine;
    this.device = device;
    this.peers = peers;
    this.ring = ring;
  }

  List<Bandwidth> measure(List<Long> sizes, int rounds) throws IOException {
    List<Bandwidth> bandwidths = new ArrayList<>();
    for (long bytes : sizes) {
      bandwidths.add(measure(bytes / Float.BYTES, rounds));
    }
    return bandwidths;
  }

  private Bandwidth measure(long values, int rounds) throws IOException {
    FlatVector vector = engine.vector(values, device);
    long wireBytes = 2L * (peers.worldSize() - 1) * values * Float.BYTES / peers.worldSize();
    ByteBuffer sent = ByteBuffer.allocateDirect(Math.toIntExact(wireBytes));
    ByteBuffer received = ByteBuffer.allocateDirect(Math.toIntExact(wireBytes));
    List<Double> fp32 = new ArrayList<>();
    List<Double> bf16 = new ArrayList<>();
    List<Double> socket = new ArrayList<>();
    // The first round warms up.
    for (int round = 0; round <= rounds; round++) {
      double ofFp32 = sum(vector, WireDtype.FP32);
      double ofBf16 = sum(vector, WireDtype.BF16);
      double ofSocket = copy(sent, received);
      if (round > 0) {
        fp32.add(ofFp32);
        bf16.add(ofBf16);
        socket.add(ofSocket);
      }
    }
    return new Bandwidth(
        values, wireBytes, new Seconds(fp32), new Seconds(bf16), new Seconds(socket));
  }

  private double sum(FlatVector vector, WireDtype wire) {
    peers.barrier();
    long begin = System.nanoTime();
    peers.startSum(vector, wire).await();
    return (System.nanoTime() - begin) / 1e9;
  }

  private double copy(ByteBuffer sent, ByteBuffer received) throws IOException {
    peers.barrier();
    long begin = System.nanoTime();
    ring.copy(sent, received);
    return (System.nanoTime() - begin) / 1e9;
  }
}
