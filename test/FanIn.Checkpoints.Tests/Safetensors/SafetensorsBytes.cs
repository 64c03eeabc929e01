using System.Buffers.Binary;
using System.Text;

namespace FanIn.Checkpoints.Tests;

/// <summary>Files as bytes, put together by hand.</summary>
internal static class SafetensorsBytes
{
    /// <summary>A header's text as it stands, and so many bytes 0, 1, 2 ... of data.</summary>
    public static byte[] Of(string header, int data = 0) => Of(Encoding.UTF8.GetBytes(header), data);

    public static byte[] Of(byte[] header, int data = 0)
    {
        byte[] file = new byte[8 + header.Length + data];
        BinaryPrimitives.WriteInt64LittleEndian(file, header.Length);
        header.CopyTo(file, 8);
        for (int i = 0; i < data; i++)
        {
            file[8 + header.Length + i] = (byte)i;
        }
        return file;
    }

    /// <summary>One tensor's entry.</summary>
    public static string Entry(string name, string type, string shape, long begin, long end) =>
        $"\"{name}\":{{\"dtype\":\"{type}\",\"shape\":{shape},\"data_offsets\":[{begin},{end}]}}";
}
