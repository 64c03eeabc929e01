using SkiaSharp;

namespace FanIn.Lab;

/// <summary>Decodes PNG and JPEG files of one size into [count, channels, height, width], levels 0 to 255.</summary>
internal static class ImageFiles
{
    private const long MaxFileBytes = 1 << 26;
    private const long MaxPixels = 1 << 26;

    /// <summary>
    /// One channel if every image is grey, else red, green and blue. Transparent pixels are shown on black.
    /// </summary>
    public static (int[] Shape, float[] Pixels) Read(IReadOnlyList<string> paths)
    {
        var images = new List<byte[]>(paths.Count);
        SKSizeI size = default;
        foreach (string path in paths)
        {
            images.Add(Decode(path, paths, ref size));
        }
        bool grey = images.TrueForAll(IsGrey);
        int channels = grey ? 1 : 3;
        int plane = size.Width * size.Height;
        var pixels = new float[images.Count * channels * plane];
        for (int i = 0; i < pixels.Length; i++)
        {
            (int image, int rest) = Math.DivRem(i, channels * plane);
            (int channel, int pixel) = Math.DivRem(rest, plane);
            pixels[i] = images[image][pixel * 3 + channel];
        }
        return ([channels, size.Height, size.Width], pixels);
    }

    private static bool IsGrey(byte[] rgb)
    {
        for (int i = 0; i < rgb.Length; i += 3)
        {
            if (rgb[i] != rgb[i + 1] || rgb[i] != rgb[i + 2])
            {
                return false;
            }
        }
        return true;
    }

    private static byte[] Decode(string path, IReadOnlyList<string> paths, ref SKSizeI size)
    {
        using SKData data = SKData.CreateCopy(DataSource.File(path).ReadAll(MaxFileBytes));
        using SKCodec? codec = SKCodec.Create(data);
        if (codec is null || codec.EncodedFormat is not (SKEncodedImageFormat.Png or SKEncodedImageFormat.Jpeg))
        {
            throw new DataFormatException($"'{path}' isn't a PNG or JPEG image or is damaged.");
        }
        SKSizeI found = codec.Info.Size;
        if (size.IsEmpty)
        {
            size = found;
            if ((long)found.Width * found.Height * paths.Count > MaxPixels)
            {
                throw new DataFormatException(
                    $"{paths.Count} images of {found.Width}x{found.Height} like '{path}' have more than {MaxPixels} "
                        + "pixels together; make them smaller first."
                );
            }
        }
        if (found != size)
        {
            throw new DataFormatException(
                $"'{path}' is {found.Width}x{found.Height}; all images must have one size, and '{paths[0]}' is "
                    + $"{size.Width}x{size.Height}."
            );
        }
        var info = new SKImageInfo(found.Width, found.Height, SKColorType.Rgba8888, SKAlphaType.Premul);
        using var bitmap = new SKBitmap(info);
        SKCodecResult result = codec.GetPixels(info, bitmap.GetPixels());
        if (result != SKCodecResult.Success)
        {
            throw new DataFormatException($"'{path}' is cut off or damaged: decoding it ended with {result}.");
        }
        ReadOnlySpan<byte> rgba = bitmap.GetPixelSpan();
        var rgb = new byte[found.Width * found.Height * 3];
        for (int i = 0; i < rgb.Length; i++)
        {
            rgb[i] = rgba[i / 3 * 4 + i % 3];
        }
        return rgb;
    }
}
