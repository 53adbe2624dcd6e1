package dev.larkspur.curate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * The connected components of a graph by alternating large-star and small-star (Kiveris et al.
 * 2014, "Connected Components in MapReduce and Beyond"): after O(log² n) rounds every node points
 * to the smallest of its component.
 */
final class ConnectedComponents {
  private ConnectedComponents() {}

  /**
   * From edges in any direction to (node, smallest node of its component), for every node but the
   * smallest ones.
   */
  static JavaPairRDD<Copy, Copy> of(JavaPairRDD<Copy, Copy> edges, int partitions) {
    JavaPairRDD<Copy, Copy> stars = edges;
    Tuple2<Long, Long> before = new Tuple2<>(-1L, 0L);
    while (true) {
      JavaPairRDD<Copy, Copy> round = smallStar(largeStar(stars, partitions), partitions);
      round.persist(StorageLevel.MEMORY_AND_DISK());
      Tuple2<Long, Long> after =
          round.aggregate(
              new Tuple2<>(0L, 0L),
              (sum, edge) -> new Tuple2<>(sum._1() + 1, sum._2() + hash(edge)),
              (a, b) -> new Tuple2<>(a._1() + b._1(), a._2() + b._2()));
      stars.unpersist();
      stars = round;
      if (after.equals(before)) {
        return stars;
      }
      before = after;
    }
  }

  private static long hash(Tuple2<Copy, Copy> edge) {
    return Scatter.mix(hash(edge._1()) + 31 * hash(edge._2()));
  }

  private static long hash(Copy copy) {
    return Scatter.mix(
        Scatter.mix(copy.low() ^ copy.place().position()) ^ Scatter.mix(copy.place().file()));
  }

  /** Each node joins its larger neighbours to its smallest one. */
  private static JavaPairRDD<Copy, Copy> largeStar(JavaPairRDD<Copy, Copy> edges, int partitions) {
    return edges
        .flatMapToPair(edge -> List.of(edge, edge.swap()).iterator())
        .groupByKey(partitions)
        .flatMapToPair(
            star -> {
              Copy center = star._1();
              Copy smallest = smallest(center, star._2());
              List<Tuple2<Copy, Copy>> joined = new ArrayList<>();
              for (Copy neighbour : star._2()) {
                if (neighbour.compareTo(center) > 0) {
                  joined.add(new Tuple2<>(neighbour, smallest));
                }
              }
              return joined.iterator();
            });
  }

  /** Each node joins itself and its smaller neighbours to the smallest of these. */
  private static JavaPairRDD<Copy, Copy> smallStar(JavaPairRDD<Copy, Copy> edges, int partitions) {
    return edges
        .mapToPair(edge -> edge._1().compareTo(edge._2()) > 0 ? edge : edge.swap())
        .groupByKey(partitions)
        .flatMapToPair(
            star -> {
              Copy center = star._1();
              Copy smallest = Collections.min(list(star._2()));
              List<Tuple2<Copy, Copy>> joined = new ArrayList<>();
              joined.add(new Tuple2<>(center, smallest));
              for (Copy neighbour : star._2()) {
                if (!neighbour.equals(smallest)) {
                  joined.add(new Tuple2<>(neighbour, smallest));
                }
              }
              return joined.iterator();
            })
        .distinct(partitions);
  }

  private static Copy smallest(Copy center, Iterable<Copy> neighbours) {
    Copy smallest = Collections.min(list(neighbours));
    return smallest.compareTo(center) < 0 ? smallest : center;
  }

  private static List<Copy> list(Iterable<Copy> copies) {
    List<Copy> list = new ArrayList<>();
    copies.forEach(list::add);
    return list;
  }
}
