using System.Globalization;

namespace FanIn.Cli;

/// <summary>Numbers of bytes for a person, in powers of 1000 as disks are sold, and how fast they go.</summary>
internal static class ByteText
{
    private static readonly string[] s_units = ["bytes", "KB", "MB", "GB", "TB", "PB", "EB"];

    public static string Of(double bytes)
    {
        int unit = 0;
        while (bytes >= 999.5 && unit < s_units.Length - 1)
        {
            bytes /= 1000;
            unit++;
        }
        return $"{bytes.ToString(unit == 0 ? "0" : "G3", CultureInfo.InvariantCulture)} {s_units[unit]}";
    }

    public static string Rate(double bytes, double seconds) =>
        seconds <= 0 ? "-" : $"{(bytes / seconds / 1e9).ToString("0.00", CultureInfo.InvariantCulture)} GB/s";

    public static string Seconds(double seconds) =>
        seconds < 99.5 ? $"{seconds.ToString(seconds < 9.95 ? "0.0" : "0", CultureInfo.InvariantCulture)} s"
        : seconds < 5970 ? $"{(seconds / 60).ToString("0", CultureInfo.InvariantCulture)} min"
        : $"{(seconds / 3600).ToString("0.0", CultureInfo.InvariantCulture)} h";
}
