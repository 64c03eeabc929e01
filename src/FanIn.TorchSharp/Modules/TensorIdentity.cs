using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>
/// Which tensor one is: where its elements lie, and how many. Handles don't say, since native layers such as embeddings give
/// their parameters out under a new one each time: a head tied to an embedding has another handle than that has.
/// </summary>
/// <param name="Address">Of the first element; the handle where there is none, or where it can't be seen.</param>
/// <param name="Count">The number of elements.</param>
internal readonly record struct TensorIdentity(IntPtr Address, long Count)
{
    public static TensorIdentity Of(Tensor tensor) => new(AddressOf(tensor), tensor.numel());

    private static IntPtr AddressOf(Tensor tensor)
    {
        if (tensor.numel() == 0 || tensor.device_type == global::TorchSharp.DeviceType.META)
        {
            return tensor.Handle;
        }
        using var scope = NewDisposeScope();
        Tensor detached = tensor.detach();
        return tensor.dtype switch
        {
            // TorchSharp converts others for this.
            ScalarType.Float32 => InStorage<float>(detached),
            ScalarType.Float64 => InStorage<double>(detached),
            _ when tensor.device_type == global::TorchSharp.DeviceType.CPU => OfFirst(detached),
            _ => tensor.Handle,
        };
    }

    private static unsafe IntPtr InStorage<T>(Tensor tensor)
        where T : unmanaged
    {
        using Storage<T> storage = tensor.storage<T>();
        return storage.data_ptr() + (nint)(tensor.storage_offset() * sizeof(T));
    }

    private static unsafe IntPtr OfFirst(Tensor tensor)
    {
        Tensor first = tensor;
        while (first.dim() > 0)
        {
            first = first.select(0, 0);
        }
        fixed (byte* start = first.bytes)
        {
            return (IntPtr)start;
        }
    }
}
