/* read-pcl.cpp: times the Point Cloud Library on files that bench-clouds wrote
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * By hand, where PCL is: c++ -O2 read-pcl.cpp $(pkg-config --cflags --libs pcl_io-1.13) && ./a.out binary.pcd ascii.pcd
 */

#include <pcl/io/pcd_io.h>
#include <pcl/point_types.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

int
main (int argc, char **argv)
{
  for (int i = 1; i < argc; i++)
    {
      double best = 1e300;
      std::size_t n = 0;

      for (int round = 0; round < 5; round++)
        {
          pcl::PointCloud<pcl::PointXYZI> cloud;
          pcl::PCDReader reader;
          const auto start = std::chrono::steady_clock::now ();

          if (reader.read (argv[i], cloud) != 0)
            return 1;
          best = std::min (best, std::chrono::duration<double, std::milli> (std::chrono::steady_clock::now () - start).count ());
          n = cloud.size ();
        }
      std::printf ("%s: %zu points, %.3f ms\n", argv[i], n, best);
    }
  return 0;
}
