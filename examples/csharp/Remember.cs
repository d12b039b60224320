// Remembers, recalls, and shows how an error arrives: Remember.exe HOME
// Plain C# 5, so that Unity and Mono take it too. libmbe.so must be where the loader finds it.
using System;
using System.Runtime.InteropServices;
using System.Text;

// [binding]
/// An error of the engine: its code's name and the JSON that describes it.
public sealed class MemoryException : Exception
{
    public readonly int Code;

    public MemoryException(int code, string json) : base(json)
    {
        Code = code;
    }
}

/// A memory: every operation by its name, JSON in and out. Any thread may call it.
public sealed class Memory : IDisposable
{
    private const string Library = "mbe";
    private ulong handle;

    [DllImport(Library)]
    private static extern int mbe_open(byte[] options, out ulong memory, out IntPtr answer);

    [DllImport(Library)]
    private static extern int mbe_call(ulong memory, byte[] chain, byte[] operation,
                                       byte[] arguments, out IntPtr answer);

    [DllImport(Library)]
    private static extern int mbe_close(ulong memory);

    [DllImport(Library)]
    private static extern void mbe_free(IntPtr text);

    public Memory(string optionsJson)
    {
        IntPtr answer;
        int code = mbe_open(Utf8(optionsJson), out handle, out answer);
        Take(code, answer);
    }

    /// chain: null for the one given when it was opened. Returns the result as JSON.
    public string Call(string operation, string argumentsJson, string chain = null)
    {
        IntPtr answer;
        int code = mbe_call(handle, Utf8(chain), Utf8(operation), Utf8(argumentsJson), out answer);
        return Take(code, answer);
    }

    public void Dispose()
    {
        mbe_close(handle);
        handle = 0;
    }

    private static byte[] Utf8(string text)
    {
        return text == null ? null : Encoding.UTF8.GetBytes(text + "\0");
    }

    /// The text behind `answer`, which is given back; an exception if the call failed.
    private static string Take(int code, IntPtr answer)
    {
        string text = "";
        if (answer != IntPtr.Zero)
        {
            int length = 0;
            while (Marshal.ReadByte(answer, length) != 0) ++length;
            byte[] bytes = new byte[length];
            Marshal.Copy(answer, bytes, 0, length);
            text = Encoding.UTF8.GetString(bytes);
            mbe_free(answer);
        }
        if (code != 0) throw new MemoryException(code, text);
        return text;
    }
}
// [/binding]

public static class Program
{
    public static int Main(string[] arguments)
    {
        if (arguments.Length != 1)
        {
            Console.Error.WriteLine("usage: Remember.exe HOME");
            return 2;
        }
        string home = arguments[0].Replace("\\", "\\\\").Replace("\"", "\\\"");
        using (Memory memory = new Memory("{\"home\": \"" + home + "\", \"language\": \"en\"}"))
        {
            memory.Call("remember", "{\"text\": \"마지막으로 진행했던 프로젝트가 망했다\"}");
            Console.WriteLine(memory.Call("recall", "{\"cue\": \"그 프로젝트 어떻게 됐지?\"}"));
            try
            {
                memory.Call("show", "{\"block_index\": 99}");
                return 1;
            }
            catch (MemoryException error)
            {
                Console.WriteLine("refused with code " + error.Code + ": " + error.Message);
            }
        }
        return 0;
    }
}
