/* quarry-message-builtin.c: the messages that everybody knows, for bags that carry no definitions
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Layouts as in ROS 2 Humble's common_interfaces, geometry2, vision_msgs and the Velodyne driver; constants are left out.
 * ROS 1 differs in Header and in the case of CameraInfo's matrices. A name without a package is of the type's own package.
 */

#include "config.h"
#include "quarry-message-private.h"

#include <string.h>

typedef struct { const char *name; const char *text; } Builtin;

static const Builtin ros1_only[] = {
  { "std_msgs/Header", "uint32 seq\ntime stamp\nstring frame_id" },
  { "sensor_msgs/CameraInfo", "Header header\nuint32 height\nuint32 width\nstring distortion_model\nfloat64[] D\nfloat64[9] K\n"
                              "float64[9] R\nfloat64[12] P\nuint32 binning_x\nuint32 binning_y\nRegionOfInterest roi" },
  { "rosgraph_msgs/Log", "Header header\nbyte level\nstring name\nstring msg\nstring file\nstring function\nuint32 line\nstring[] topics" },
  { "nav_msgs/MapMetaData", "time map_load_time\nfloat32 resolution\nuint32 width\nuint32 height\ngeometry_msgs/Pose origin" },
  { "tf/tfMessage", "geometry_msgs/TransformStamped[] transforms" },
};

static const Builtin builtins[] = {
  { "builtin_interfaces/Time", "int32 sec\nuint32 nanosec" },
  { "builtin_interfaces/Duration", "int32 sec\nuint32 nanosec" },
  { "rosgraph_msgs/Clock", "time clock" },
  { "service_msgs/ServiceEventInfo", "uint8 event_type\ntime stamp\nuint8[16] client_gid\nint64 sequence_number" },

  { "std_msgs/Header", "time stamp\nstring frame_id" },
  { "std_msgs/Empty", "" },
  { "std_msgs/Bool", "bool data" },        { "std_msgs/Byte", "byte data" },        { "std_msgs/Char", "char data" },
  { "std_msgs/Int8", "int8 data" },        { "std_msgs/Int16", "int16 data" },      { "std_msgs/Int32", "int32 data" },
  { "std_msgs/Int64", "int64 data" },      { "std_msgs/UInt8", "uint8 data" },      { "std_msgs/UInt16", "uint16 data" },
  { "std_msgs/UInt32", "uint32 data" },    { "std_msgs/UInt64", "uint64 data" },    { "std_msgs/Float32", "float32 data" },
  { "std_msgs/Float64", "float64 data" },  { "std_msgs/String", "string data" },    { "std_msgs/ColorRGBA", "float32 r\nfloat32 g\nfloat32 b\nfloat32 a" },
  { "std_msgs/Time", "time data" },        { "std_msgs/Duration", "duration data" },
  { "std_msgs/MultiArrayDimension", "string label\nuint32 size\nuint32 stride" },
  { "std_msgs/MultiArrayLayout", "MultiArrayDimension[] dim\nuint32 data_offset" },
  { "std_msgs/ByteMultiArray", "MultiArrayLayout layout\nbyte[] data" },
  { "std_msgs/Int8MultiArray", "MultiArrayLayout layout\nint8[] data" },
  { "std_msgs/Int16MultiArray", "MultiArrayLayout layout\nint16[] data" },
  { "std_msgs/Int32MultiArray", "MultiArrayLayout layout\nint32[] data" },
  { "std_msgs/Int64MultiArray", "MultiArrayLayout layout\nint64[] data" },
  { "std_msgs/UInt8MultiArray", "MultiArrayLayout layout\nuint8[] data" },
  { "std_msgs/UInt16MultiArray", "MultiArrayLayout layout\nuint16[] data" },
  { "std_msgs/UInt32MultiArray", "MultiArrayLayout layout\nuint32[] data" },
  { "std_msgs/UInt64MultiArray", "MultiArrayLayout layout\nuint64[] data" },
  { "std_msgs/Float32MultiArray", "MultiArrayLayout layout\nfloat32[] data" },
  { "std_msgs/Float64MultiArray", "MultiArrayLayout layout\nfloat64[] data" },

  { "geometry_msgs/Vector3", "float64 x\nfloat64 y\nfloat64 z" },
  { "geometry_msgs/Vector3Stamped", "Header header\nVector3 vector" },
  { "geometry_msgs/Point", "float64 x\nfloat64 y\nfloat64 z" },
  { "geometry_msgs/Point32", "float32 x\nfloat32 y\nfloat32 z" },
  { "geometry_msgs/PointStamped", "Header header\nPoint point" },
  { "geometry_msgs/Quaternion", "float64 x\nfloat64 y\nfloat64 z\nfloat64 w" },
  { "geometry_msgs/QuaternionStamped", "Header header\nQuaternion quaternion" },
  { "geometry_msgs/Pose", "Point position\nQuaternion orientation" },
  { "geometry_msgs/Pose2D", "float64 x\nfloat64 y\nfloat64 theta" },
  { "geometry_msgs/PoseStamped", "Header header\nPose pose" },
  { "geometry_msgs/PoseArray", "Header header\nPose[] poses" },
  { "geometry_msgs/PoseWithCovariance", "Pose pose\nfloat64[36] covariance" },
  { "geometry_msgs/PoseWithCovarianceStamped", "Header header\nPoseWithCovariance pose" },
  { "geometry_msgs/Transform", "Vector3 translation\nQuaternion rotation" },
  { "geometry_msgs/TransformStamped", "Header header\nstring child_frame_id\nTransform transform" },
  { "geometry_msgs/Twist", "Vector3 linear\nVector3 angular" },
  { "geometry_msgs/TwistStamped", "Header header\nTwist twist" },
  { "geometry_msgs/TwistWithCovariance", "Twist twist\nfloat64[36] covariance" },
  { "geometry_msgs/TwistWithCovarianceStamped", "Header header\nTwistWithCovariance twist" },
  { "geometry_msgs/Accel", "Vector3 linear\nVector3 angular" },
  { "geometry_msgs/AccelStamped", "Header header\nAccel accel" },
  { "geometry_msgs/AccelWithCovariance", "Accel accel\nfloat64[36] covariance" },
  { "geometry_msgs/AccelWithCovarianceStamped", "Header header\nAccelWithCovariance accel" },
  { "geometry_msgs/Wrench", "Vector3 force\nVector3 torque" },
  { "geometry_msgs/WrenchStamped", "Header header\nWrench wrench" },
  { "geometry_msgs/Polygon", "Point32[] points" },
  { "geometry_msgs/PolygonStamped", "Header header\nPolygon polygon" },

  { "sensor_msgs/Image", "Header header\nuint32 height\nuint32 width\nstring encoding\nuint8 is_bigendian\nuint32 step\nuint8[] data" },
  { "sensor_msgs/CompressedImage", "Header header\nstring format\nuint8[] data" },
  { "sensor_msgs/RegionOfInterest", "uint32 x_offset\nuint32 y_offset\nuint32 height\nuint32 width\nbool do_rectify" },
  { "sensor_msgs/CameraInfo", "Header header\nuint32 height\nuint32 width\nstring distortion_model\nfloat64[] d\nfloat64[9] k\n"
                              "float64[9] r\nfloat64[12] p\nuint32 binning_x\nuint32 binning_y\nRegionOfInterest roi" },
  { "sensor_msgs/PointField", "string name\nuint32 offset\nuint8 datatype\nuint32 count" },
  { "sensor_msgs/PointCloud2", "Header header\nuint32 height\nuint32 width\nPointField[] fields\nbool is_bigendian\n"
                               "uint32 point_step\nuint32 row_step\nuint8[] data\nbool is_dense" },
  { "sensor_msgs/ChannelFloat32", "string name\nfloat32[] values" },
  { "sensor_msgs/PointCloud", "Header header\ngeometry_msgs/Point32[] points\nChannelFloat32[] channels" },
  { "sensor_msgs/LaserScan", "Header header\nfloat32 angle_min\nfloat32 angle_max\nfloat32 angle_increment\nfloat32 time_increment\n"
                             "float32 scan_time\nfloat32 range_min\nfloat32 range_max\nfloat32[] ranges\nfloat32[] intensities" },
  { "sensor_msgs/Range", "Header header\nuint8 radiation_type\nfloat32 field_of_view\nfloat32 min_range\nfloat32 max_range\nfloat32 range" },
  { "sensor_msgs/Imu", "Header header\ngeometry_msgs/Quaternion orientation\nfloat64[9] orientation_covariance\n"
                       "geometry_msgs/Vector3 angular_velocity\nfloat64[9] angular_velocity_covariance\n"
                       "geometry_msgs/Vector3 linear_acceleration\nfloat64[9] linear_acceleration_covariance" },
  { "sensor_msgs/NavSatStatus", "int8 status\nuint16 service" },
  { "sensor_msgs/NavSatFix", "Header header\nNavSatStatus status\nfloat64 latitude\nfloat64 longitude\nfloat64 altitude\n"
                             "float64[9] position_covariance\nuint8 position_covariance_type" },
  { "sensor_msgs/MagneticField", "Header header\ngeometry_msgs/Vector3 magnetic_field\nfloat64[9] magnetic_field_covariance" },
  { "sensor_msgs/FluidPressure", "Header header\nfloat64 fluid_pressure\nfloat64 variance" },
  { "sensor_msgs/Temperature", "Header header\nfloat64 temperature\nfloat64 variance" },
  { "sensor_msgs/RelativeHumidity", "Header header\nfloat64 relative_humidity\nfloat64 variance" },
  { "sensor_msgs/Illuminance", "Header header\nfloat64 illuminance\nfloat64 variance" },
  { "sensor_msgs/TimeReference", "Header header\ntime time_ref\nstring source" },
  { "sensor_msgs/JointState", "Header header\nstring[] name\nfloat64[] position\nfloat64[] velocity\nfloat64[] effort" },
  { "sensor_msgs/Joy", "Header header\nfloat32[] axes\nint32[] buttons" },

  { "nav_msgs/Odometry", "Header header\nstring child_frame_id\ngeometry_msgs/PoseWithCovariance pose\ngeometry_msgs/TwistWithCovariance twist" },
  { "nav_msgs/Path", "Header header\ngeometry_msgs/PoseStamped[] poses" },
  { "nav_msgs/MapMetaData", "time map_load_time\nfloat32 resolution\nuint32 width\nuint32 height\ngeometry_msgs/Pose origin" },
  { "nav_msgs/OccupancyGrid", "Header header\nMapMetaData info\nint8[] data" },
  { "nav_msgs/GridCells", "Header header\nfloat32 cell_width\nfloat32 cell_height\ngeometry_msgs/Point[] cells" },

  { "tf2_msgs/TFMessage", "geometry_msgs/TransformStamped[] transforms" },
  { "velodyne_msgs/VelodynePacket", "time stamp\nuint8[1206] data" },
  { "velodyne_msgs/VelodyneScan", "Header header\nVelodynePacket[] packets" },
  { "rcl_interfaces/Log", "time stamp\nuint8 level\nstring name\nstring msg\nstring file\nstring function\nuint32 line" },
  { "diagnostic_msgs/KeyValue", "string key\nstring value" },
  { "diagnostic_msgs/DiagnosticStatus", "byte level\nstring name\nstring message\nstring hardware_id\nKeyValue[] values" },
  { "diagnostic_msgs/DiagnosticArray", "Header header\nDiagnosticStatus[] status" },

  { "vision_msgs/Point2D", "float64 x\nfloat64 y" },
  { "vision_msgs/Pose2D", "Point2D position\nfloat64 theta" },
  { "vision_msgs/ObjectHypothesis", "string class_id\nfloat64 score" },
  { "vision_msgs/ObjectHypothesisWithPose", "ObjectHypothesis hypothesis\ngeometry_msgs/PoseWithCovariance pose" },
  { "vision_msgs/BoundingBox2D", "Pose2D center\nfloat64 size_x\nfloat64 size_y" },
  { "vision_msgs/BoundingBox3D", "geometry_msgs/Pose center\ngeometry_msgs/Vector3 size" },
  { "vision_msgs/Detection2D", "Header header\nObjectHypothesisWithPose[] results\nBoundingBox2D bbox\nstring id" },
  { "vision_msgs/Detection2DArray", "Header header\nDetection2D[] detections" },
  { "vision_msgs/Detection3D", "Header header\nObjectHypothesisWithPose[] results\nBoundingBox3D bbox\nstring id" },
  { "vision_msgs/Detection3DArray", "Header header\nDetection3D[] detections" },

};

static const char *
find (const Builtin *table, gsize n, const char *name)
{
  for (gsize i = 0; i < n; i++)
    if (g_str_equal (table[i].name, name))
      return table[i].text;
  return NULL;
}

const char *
quarry_message_find_builtin (const char *name, gboolean ros1)
{
  const char *text = ros1 ? find (ros1_only, G_N_ELEMENTS (ros1_only), name) : NULL;

  return text != NULL ? text : find (builtins, G_N_ELEMENTS (builtins), name);
}
