/* quarry-test-gl.h: a GL context without a window, and a framebuffer to read back
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-image.h"

#include <epoxy/egl.h>
#include <epoxy/gl.h>

typedef struct
{
  EGLDisplay display;
  EGLContext context;
  GLuint     framebuffer, color, depth;
  int        width, height;
} TestGl;

static inline gboolean
test_gl_make (TestGl *self, gboolean es)
{
  const EGLint core[] = {
    EGL_CONTEXT_MAJOR_VERSION, 3, EGL_CONTEXT_MINOR_VERSION, 3,
    EGL_CONTEXT_OPENGL_PROFILE_MASK, EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT, EGL_NONE,
  };
  const EGLint es3[] = { EGL_CONTEXT_MAJOR_VERSION, 3, EGL_CONTEXT_MINOR_VERSION, 0, EGL_NONE };

  self->display = eglGetPlatformDisplayEXT (EGL_PLATFORM_SURFACELESS_MESA, (void *) EGL_DEFAULT_DISPLAY, NULL);
  if (self->display == EGL_NO_DISPLAY || !eglInitialize (self->display, NULL, NULL) ||
      !eglBindAPI (es ? EGL_OPENGL_ES_API : EGL_OPENGL_API))
    return FALSE;
  self->context = eglCreateContext (self->display, (EGLConfig) NULL, EGL_NO_CONTEXT, es ? es3 : core);
  return self->context != EGL_NO_CONTEXT &&
         eglMakeCurrent (self->display, EGL_NO_SURFACE, EGL_NO_SURFACE, self->context);
}

/* Returns: FALSE after g_test_skip where there is no GL */
static inline gboolean
test_gl_open (TestGl *self, gboolean es)
{
  *self = (TestGl) { 0 };
  if (epoxy_has_egl () && epoxy_has_egl_extension (EGL_NO_DISPLAY, "EGL_MESA_platform_surfaceless") && test_gl_make (self, es))
    return TRUE;
  g_test_skip_printf ("no %s without a window here", es ? "OpenGL ES 3" : "OpenGL 3.3");
  return FALSE;
}

/* Binds a framebuffer of this size, with colour and depth */
static inline void
test_gl_bind (TestGl *self, int width, int height)
{
  if (self->framebuffer == 0)
    {
      glGenFramebuffers (1, &self->framebuffer);
      glGenRenderbuffers (1, &self->color);
      glGenRenderbuffers (1, &self->depth);
    }
  glBindFramebuffer (GL_FRAMEBUFFER, self->framebuffer);
  glBindRenderbuffer (GL_RENDERBUFFER, self->color);
  glRenderbufferStorage (GL_RENDERBUFFER, GL_RGBA8, width, height);
  glBindRenderbuffer (GL_RENDERBUFFER, self->depth);
  glRenderbufferStorage (GL_RENDERBUFFER, GL_DEPTH_COMPONENT24, width, height);
  glFramebufferRenderbuffer (GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER, self->color);
  glFramebufferRenderbuffer (GL_FRAMEBUFFER, GL_DEPTH_ATTACHMENT, GL_RENDERBUFFER, self->depth);
  g_assert_cmpuint (glCheckFramebufferStatus (GL_FRAMEBUFFER), ==, GL_FRAMEBUFFER_COMPLETE);
  self->width = width;
  self->height = height;
}

static inline QuarryImage *
test_gl_read (TestGl *self)
{
  QuarryImage *image = quarry_image_new (self->width, self->height);
  g_autofree guint8 *rgba = g_malloc_n ((gsize) self->width * (gsize) self->height, 4);

  g_assert_cmpuint (glGetError (), ==, GL_NO_ERROR);
  glPixelStorei (GL_PACK_ALIGNMENT, 1);
  glReadPixels (0, 0, self->width, self->height, GL_RGBA, GL_UNSIGNED_BYTE, rgba);
  for (int y = 0; y < self->height; y++)
    for (int x = 0; x < self->width; x++)
      memcpy (image->rgb + (gsize) y * image->stride + 3 * x,
              rgba + 4 * ((gsize) (self->height - 1 - y) * (gsize) self->width + (gsize) x), 3);
  return image;
}

static inline void
test_gl_close (TestGl *self)
{
  if (self->display == EGL_NO_DISPLAY)
    return;
  if (self->context != EGL_NO_CONTEXT)
    {
      glDeleteFramebuffers (1, &self->framebuffer);
      glDeleteRenderbuffers (1, &self->color);
      glDeleteRenderbuffers (1, &self->depth);
      eglMakeCurrent (self->display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
      eglDestroyContext (self->display, self->context);
    }                    /* the display stays: its driver would be unloaded, and what that leaks could not be named */
  *self = (TestGl) { 0 };
}
